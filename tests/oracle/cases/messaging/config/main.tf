provider "aws" {
  region = "eu-west-1"
}

variable "topics" {
  type = map(list(string))
  default = {
    orders = ["billing", "shipping"]
    users  = ["mail"]
  }
}

variable "stage" {
  type    = string
  default = "prod"
  validation {
    condition     = contains(["prod", "test"], var.stage)
    error_message = "prod or test"
  }
}

locals {
  subscriptions = merge([
    for topic, queues in var.topics : {
      for queue in queues : "${topic}/${queue}" => { topic = topic, queue = queue }
    }
  ]...)
  queue_names = toset(flatten(values(var.topics)))
}

resource "aws_sns_topic" "this" {
  for_each = var.topics
  name     = "${var.stage}-${each.key}"
}

resource "aws_sqs_queue" "this" {
  for_each = local.queue_names
  name     = "${var.stage}-${each.value}"
}

resource "aws_sns_topic_subscription" "this" {
  for_each  = local.subscriptions
  topic_arn = aws_sns_topic.this[each.value.topic].arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.this[each.value.queue].arn
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${var.stage}-nightly"
  schedule_expression = "cron(0 2 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = aws_sqs_queue.this["billing"].arn
}

resource "aws_kinesis_stream" "clicks" {
  name        = "${var.stage}-clicks"
  shard_count = 1
}

resource "aws_iam_role" "sfn" {
  name_prefix = "sfn-"
  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
  JSON
}
