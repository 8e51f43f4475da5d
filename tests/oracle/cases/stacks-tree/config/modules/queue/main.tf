variable "topics" {
  type = map(string)
}

variable "env" {
  type = string
}

variable "settings" {
  type = object({
    fifo      = optional(bool, false)
    retention = optional(number, 345600)
    zones     = optional(list(string), [])
  })
  default = {}
}

variable "labels" {
  type    = map(string)
  default = {}
}

resource "aws_sqs_queue" "this" {
  for_each                  = var.topics
  name                      = "${each.value}-${var.env}${var.settings.fifo ? ".fifo" : ""}"
  fifo_queue                = var.settings.fifo
  message_retention_seconds = var.settings.retention
  tags                      = var.labels
}

resource "aws_cloudwatch_log_group" "zone" {
  for_each = toset(var.settings.zones)
  name     = "/queues/${var.env}/${each.key}"
}
