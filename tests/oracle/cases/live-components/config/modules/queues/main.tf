variable "environment" {
  type = string
}

variable "queues" {
  type = map(object({
    fifo        = optional(bool, false)
    retention   = optional(number, 345600)
    topic       = optional(string)
    subscribers = optional(set(string), [])
    dead_letter = optional(object({
      tries  = optional(number, 5)
      suffix = optional(string, "dead")
    }))
  }))
}

variable "prefix" {
  type    = string
  default = "acme"
}

locals {
  names = { for k, q in var.queues : k => join("", ["${var.prefix}-${var.environment}-${k}", q.fifo ? ".fifo" : ""]) }
  dead  = { for k, q in var.queues : k => q.dead_letter if q.dead_letter != null }
  subscriptions = merge([
    for k, q in var.queues : { for s in q.subscribers : "${k}/${s}" => { topic = k, queue = s } }
  ]...)
}

resource "aws_sqs_queue" "this" {
  for_each                  = var.queues
  name                      = local.names[each.key]
  fifo_queue                = each.value.fifo
  message_retention_seconds = each.value.retention
  redrive_policy = contains(keys(local.dead), each.key) ? jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = each.value.dead_letter.tries
  }) : null
}

resource "aws_sqs_queue" "dead" {
  for_each   = local.dead
  name       = "${trimsuffix(local.names[each.key], ".fifo")}-${each.value.suffix}${var.queues[each.key].fifo ? ".fifo" : ""}"
  fifo_queue = var.queues[each.key].fifo
}

resource "aws_sns_topic" "this" {
  for_each = { for k, q in var.queues : k => q.topic if q.topic != null }
  name     = "${var.environment}-${each.value}"
}

resource "aws_sns_topic_subscription" "this" {
  for_each  = local.subscriptions
  topic_arn = aws_sns_topic.this[each.value.topic].arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.this[each.value.queue].arn
}
