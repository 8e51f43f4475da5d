resource "aws_cloudwatch_event_bus" "this" {
  name = local.app
}

resource "aws_cloudwatch_event_archive" "this" {
  name             = "${local.app}-all"
  event_source_arn = aws_cloudwatch_event_bus.this.arn
  retention_days   = 90
}

resource "aws_scheduler_schedule_group" "this" {
  name = local.app
}

resource "aws_scheduler_schedule" "this" {
  for_each = { for name, f in local.settings : name => f.schedule if can(f.schedule) }

  name                = each.key
  group_name          = aws_scheduler_schedule_group.this.name
  schedule_expression = each.value
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = module.function[each.key].arn
    role_arn = aws_iam_role.events.arn
  }
}

resource "aws_iam_role" "events" {
  name_prefix = "${local.app}-events-"
  path        = "/service/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["scheduler.amazonaws.com", "firehose.amazonaws.com"] } }]
  })
}

resource "aws_kinesis_stream" "clicks" {
  name             = "${local.app}-clicks"
  retention_period = 48
  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

resource "aws_kinesis_firehose_delivery_stream" "clicks" {
  name        = "${local.app}-clicks"
  destination = "extended_s3"
  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.clicks.arn
    role_arn           = aws_iam_role.events.arn
  }
  extended_s3_configuration {
    role_arn   = aws_iam_role.events.arn
    bucket_arn = aws_s3_bucket.code.arn
    prefix     = "clicks/"
  }
}

resource "aws_sfn_activity" "review" {
  name = "${local.app}-review"
}

resource "aws_sqs_queue" "dead" {
  name                        = "${local.app}-dead.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
}

resource "terraform_data" "release" {
  input            = aws_lambda_layer_version.shared.arn
  triggers_replace = [aws_lambda_layer_version.shared.version, local.raw.defaults.runtime]
}
