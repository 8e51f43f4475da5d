locals {
  jobs = ["import", "export", "close"]
}

resource "aws_sqs_queue" "job" {
  count                      = length(local.jobs)
  name                       = "${local.app}-${local.jobs[count.index]}"
  visibility_timeout_seconds = 60
}

resource "aws_ssm_parameter" "job" {
  for_each = { for i, job in local.jobs : job => aws_sqs_queue.job[i].arn }
  name     = "/${local.app}/queues/${each.key}"
  type     = "String"
  value    = each.value
}

resource "aws_cloudwatch_event_rule" "close" {
  name                = "${local.app}-close"
  schedule_expression = "cron(0 2 * * ? *)"
}

resource "aws_cloudwatch_event_target" "close" {
  rule      = aws_cloudwatch_event_rule.close.name
  target_id = "close"
  arn       = aws_sqs_queue.job[index(local.jobs, "close")].arn
}

resource "terraform_data" "schema" {
  input            = { version = 3, cluster = aws_rds_cluster.main.cluster_identifier }
  triggers_replace = [filesha256("${path.module}/schema.sql")]
}

resource "aws_s3_object" "schema" {
  bucket = module.store[0].bucket
  key    = "schema/${terraform_data.schema.output.version}.sql"
  source = "${path.module}/schema.sql"
  etag   = filemd5("${path.module}/schema.sql")
}
