provider "aws" {
  region = "us-west-2"
}

locals {
  settings = jsondecode(file("${path.module}/settings.json"))
  files    = fileset("${path.module}/services", "*.yaml")
  raw      = { for f in local.files : trimsuffix(basename(f), ".yaml") => yamldecode(file("${path.module}/services/${f}")) }
  services = { for n, s in local.raw : n => s if lookup(s, "enabled", true) }
  queued   = { for n, s in local.services : n => s.queue if can(s.queue.visibility) }
  rules = {
    for r in flatten([
      for n, s in local.services : [
        for l in try(s.listens, []) : { service = n, source = l.source, types = sort(l.types) }
      ]
    ]) : "${r.service}.${replace(r.source, ".", "-")}" => r
  }
  scheduled = { for n, s in local.services : n => s.schedule if try(s.schedule, "") != "" }
}

resource "aws_iam_role" "service" {
  for_each = local.services
  name     = title("${local.settings.stage}-${each.key}")
  path     = try(each.value.path, "/services/")
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "service" {
  for_each = { for n, s in local.services : n => s.policies if length(try(s.policies, [])) > 0 }
  name     = "own"
  role     = aws_iam_role.service[each.key].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for p in each.value : { Effect = p.effect, Action = p.actions, Resource = p.resource }]
  })
}

resource "aws_cloudwatch_event_bus" "this" {
  name = "${local.settings.stage}-${local.settings.bus}"
}

resource "aws_sqs_queue" "service" {
  for_each                   = local.queued
  name                       = "${local.settings.stage}-${each.key}${try(each.value.fifo, false) ? ".fifo" : ""}"
  fifo_queue                 = try(each.value.fifo, null)
  visibility_timeout_seconds = each.value.visibility
  kms_master_key_id          = aws_kms_key.bus.id
}

resource "aws_kms_key" "bus" {
  description             = "bus"
  deletion_window_in_days = 14
}

resource "aws_kms_alias" "bus" {
  name          = "alias/${local.settings.stage}-bus"
  target_key_id = aws_kms_key.bus.key_id
}

resource "aws_cloudwatch_event_rule" "listen" {
  for_each       = local.rules
  name           = each.key
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern  = jsonencode({ source = [each.value.source], detail-type = each.value.types })
}

resource "aws_cloudwatch_event_target" "listen" {
  for_each       = aws_cloudwatch_event_rule.listen
  rule           = each.value.name
  event_bus_name = each.value.event_bus_name
  arn            = aws_sqs_queue.service[local.rules[each.key].service].arn
}

resource "aws_cloudwatch_event_rule" "tick" {
  for_each            = local.scheduled
  name_prefix         = "${each.key}-"
  schedule_expression = each.value
}

resource "aws_cloudwatch_event_target" "tick" {
  for_each  = local.scheduled
  target_id = "lambda"
  rule      = aws_cloudwatch_event_rule.tick[each.key].name
  arn       = aws_lambda_function.service[each.key].arn
}

resource "aws_lambda_function" "service" {
  for_each      = { for n, s in local.services : n => lookup(local.settings.memory, n, 128) }
  function_name = "${local.settings.stage}-${each.key}"
  filename      = "${path.module}/handler.zip"
  handler       = "main.handle"
  runtime       = local.settings.runtime
  memory_size   = each.value
  role          = aws_iam_role.service[each.key].arn
  depends_on    = [aws_cloudwatch_log_group.service]
}

resource "aws_lambda_permission" "tick" {
  for_each      = local.scheduled
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  function_name = aws_lambda_function.service[each.key].function_name
  source_arn    = aws_cloudwatch_event_rule.tick[each.key].arn
}

resource "aws_cloudwatch_log_group" "service" {
  for_each          = local.services
  name              = "/aws/lambda/${local.settings.stage}-${each.key}"
  retention_in_days = local.settings.log_days
}
