terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "stage" {
  type    = string
  default = "live"
  validation {
    condition     = contains(["live", "test"], var.stage)
    error_message = "A stage is live or test."
  }
}

variable "defaults" {
  type = object({
    runtime  = optional(string, "python3.12")
    memory   = optional(number, 256)
    timeout  = optional(number, 10)
    log_days = optional(number, 30)
  })
  default = {}
}

locals {
  service   = "orders"
  functions = { for f in fileset("${path.module}/functions", "*.{yaml,yml}") : replace(f, "/[.]ya?ml$/", "") => merge(var.defaults, yamldecode(file("${path.module}/functions/${f}"))) }
  tables    = { for f in fileset(path.module, "tables/*.yml") : split(".", basename(f))[0] => yamldecode(file("${path.module}/${f}")) }

  triggers = flatten([
    for name, fn in local.functions : [
      for i, trigger in try(fn.triggers, []) : merge({ function = name, position = i }, trigger)
    ]
  ])
  schedules = { for t in local.triggers : "${t.function}-${t.position}" => t if can(t.schedule) }
  sources   = { for t in local.triggers : "${t.function}.${t.queue}" => t if lookup(t, "queue", null) != null }
  queues    = distinct(compact([for t in local.triggers : try(t.queue, "")]))
}

module "table" {
  source   = "./modules/table"
  for_each = local.tables
  name     = "${local.service}-${var.stage}-${each.key}"
  spec     = each.value
}

resource "aws_sqs_queue" "this" {
  for_each                   = toset(local.queues)
  name                       = "${local.service}-${var.stage}-${each.value}"
  visibility_timeout_seconds = 6 * max([for s in local.sources : try(local.functions[s.function].timeout, 10) if s.queue == each.value]...)
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "dead" {
  name                      = "${local.service}-${var.stage}-dead"
  message_retention_seconds = 1209600
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions
  name     = "${local.service}-${var.stage}-${each.key}"
  spec     = each.value
  policy = templatefile("${path.module}/templates/policy.json.tftpl", {
    permissions = try(each.value.permissions, [])
    arns        = { for k, t in module.table : k => t.arn }
  })
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each         = local.sources
  function_name    = module.function[each.value.function].name
  event_source_arn = aws_sqs_queue.this[each.value.queue].arn
  batch_size       = each.value.batch
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each            = local.schedules
  name                = substr("${local.service}-${var.stage}-${each.key}", 0, 64)
  schedule_expression = each.value.schedule
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.schedules
  rule     = aws_cloudwatch_event_rule.this[each.key].name
  arn      = module.function[each.value.function].arn
}

resource "aws_lambda_permission" "this" {
  for_each      = local.schedules
  statement_id  = "Schedule${title(each.value.function)}${each.value.position}"
  action        = "lambda:InvokeFunction"
  function_name = module.function[each.value.function].name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[each.key].arn
}
