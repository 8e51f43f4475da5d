variable "name" {}
variable "fifo" {
  default = false
}
variable "kms_key_id" {
  default = null
}
variable "retention" {
  default = 345600
}
resource "aws_sqs_queue" "dead" {
  name       = var.fifo ? "${var.name}-dead.fifo" : "${var.name}-dead"
  fifo_queue = var.fifo
}
resource "aws_sqs_queue" "main" {
  name                      = var.fifo ? "${var.name}.fifo" : var.name
  fifo_queue                = var.fifo
  kms_master_key_id         = var.kms_key_id
  message_retention_seconds = var.retention
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })
}
output "arn" {
  value = aws_sqs_queue.main.arn
}
output "url" {
  value = aws_sqs_queue.main.url
}
