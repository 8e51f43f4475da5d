provider "aws" {
  region = "eu-west-1"
}

locals {
  prefix    = "evt-${terraform.workspace}"
  functions = jsondecode(file("${path.module}/functions.json"))
}

module "queue" {
  for_each   = toset(["orders", "mails"])
  source     = "./modules/queue"
  name       = "${local.prefix}-${each.key}"
  fifo       = each.key == "orders"
  kms_key_id = aws_kms_key.main.key_id
}

module "fn" {
  for_each    = local.functions
  source      = "./modules/fn"
  name        = "${local.prefix}-${each.key}"
  package     = "functions/${each.key}.zip"
  runtime     = try(each.value.runtime, "python3.12")
  memory      = lookup(each.value, "memory", 128)
  queue_arn   = module.queue[each.value.queue].arn
  environment = merge({ QUEUE = module.queue[each.value.queue].url }, try(each.value.env, {}))
}

resource "aws_kms_key" "main" {
  description             = "events"
  deletion_window_in_days = 30
  enable_key_rotation     = true
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.prefix}"
  target_key_id = aws_kms_key.main.key_id
}

resource "aws_sns_topic" "events" {
  name              = "${local.prefix}-events"
  kms_master_key_id = aws_kms_alias.main.name
}

resource "aws_sns_topic_subscription" "mails" {
  topic_arn = aws_sns_topic.events.arn
  protocol  = "sqs"
  endpoint  = module.queue["mails"].arn
  filter_policy = jsonencode({
    kind = ["mail", "newsletter"]
  })
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${local.prefix}-nightly"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = module.fn["thumb"].arn
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each            = module.fn
  alarm_name          = "${each.value.name}-errors"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "Errors"
  namespace           = "AWS/Lambda"
  period              = 300
  statistic           = "Sum"
  threshold           = 1
  alarm_actions       = [aws_sns_topic.events.arn]
  dimensions = {
    FunctionName = each.value.name
  }
}
