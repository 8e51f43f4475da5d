variable "label" {
  type = any
}

variable "create_dlq" {
  type    = bool
  default = false
}

variable "kms_data_key" {
  type    = string
  default = null
}

variable "message_seconds" {
  type    = number
  default = 300
}

locals {
  enabled = try(var.label.enabled, true)
  dlq     = local.enabled && var.create_dlq
}

resource "aws_sqs_queue" "main" {
  count                     = local.enabled ? 1 : 0
  name                      = var.label.id
  kms_master_key_id         = var.kms_data_key
  message_retention_seconds = var.message_seconds
  redrive_policy = local.dlq ? jsonencode({
    deadLetterTargetArn = one(aws_sqs_queue.dead[*].arn)
    maxReceiveCount     = 5
  }) : null
  tags = try(var.label.tags, {})
}

resource "aws_sqs_queue" "dead" {
  count = local.dlq ? 1 : 0
  name  = format("%s-dlq", var.label.id)
}

resource "aws_sqs_queue_policy" "main" {
  count     = local.enabled ? 1 : 0
  queue_url = join("", aws_sqs_queue.main[*].id)
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = join("", aws_sqs_queue.main[*].arn)
    }]
  })
}

output "url" {
  value = try(aws_sqs_queue.main[0].url, null)
}
