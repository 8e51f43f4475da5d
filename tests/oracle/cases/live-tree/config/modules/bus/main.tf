variable "prefix" {
  type = string
}

variable "queues" {
  type = map(object({ fifo = optional(bool, false) }))
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "aws_sqs_queue" "this" {
  for_each   = var.queues
  name       = "${var.prefix}-${each.key}${each.value.fifo ? ".fifo" : ""}"
  fifo_queue = each.value.fifo
  tags       = var.tags
}

resource "aws_sns_topic" "alerts" {
  name = "${var.prefix}-alerts"
  tags = var.tags
}

output "queue_names" {
  value = [for q in aws_sqs_queue.this : q.name]
}
