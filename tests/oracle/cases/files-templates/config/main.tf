provider "aws" {
  region = "eu-west-1"
}

locals {
  config = yamldecode(file("${path.module}/data/queues.yaml"))
  queues = { for q in local.config.queues : q.name => merge(local.config.defaults, q) }
  policy = templatefile("${path.module}/data/policy.json.tftpl", { actions = ["sqs:SendMessage"], account = "123456789012" })
}

resource "aws_sqs_queue" "this" {
  for_each                   = local.queues
  name                       = "${local.config.prefix}-${each.key}"
  message_retention_seconds  = each.value.retention
  visibility_timeout_seconds = lookup(each.value, "timeout", 30)
  fifo_queue                 = try(each.value.fifo, false) ? true : null
}

resource "aws_iam_policy" "send" {
  name   = "${local.config.prefix}-send"
  policy = local.policy
}

resource "aws_ssm_parameter" "config" {
  name  = "/${local.config.prefix}/config"
  type  = "String"
  value = jsonencode(local.queues)
}

resource "aws_s3_bucket" "by_file" {
  for_each = { for path in fileset(path.module, "data/*.yaml") : trimsuffix(basename(path), ".yaml") => path }
  bucket   = "${local.config.prefix}-${each.key}"
}
