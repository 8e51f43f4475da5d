variable "name" { type = string }
variable "fifo" { type = bool }
variable "retries" { type = number }
variable "delay" {
  type    = number
  default = 0
}

locals {
  suffix = var.fifo ? ".fifo" : ""
}

resource "aws_sqs_queue" "main" {
  name          = "${var.name}${local.suffix}"
  fifo_queue    = var.fifo
  delay_seconds = coalesce(var.delay, 0)

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.retries
  })
}

resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-dead${local.suffix}"
  fifo_queue                = var.fifo
  message_retention_seconds = 1209600
}

output "arn" { value = aws_sqs_queue.main.arn }
output "dead_arn" { value = aws_sqs_queue.dead.arn }
output "is_fifo" { value = var.fifo }
