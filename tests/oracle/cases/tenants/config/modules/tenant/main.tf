variable "name" {
  type = string
}

variable "store" {
  type = object({
    hash   = string
    range  = optional(string)
    stream = bool
    index  = list(object({ name = string, key = string }))
  })
}

variable "queues" {
  type    = map(any)
  default = {}
}

locals {
  keys = distinct(compact(concat([var.store.hash, var.store.range], var.store.index[*].key)))
}

resource "aws_dynamodb_table" "store" {
  name         = "${var.name}-store"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = var.store.hash
  range_key    = var.store.range

  stream_enabled   = var.store.stream
  stream_view_type = var.store.stream ? "NEW_IMAGE" : null

  dynamic "attribute" {
    for_each = toset(local.keys)
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = { for index in var.store.index : index.name => index.key }
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value
      projection_type = "ALL"
    }
  }
}

module "queue" {
  source   = "../queue"
  for_each = var.queues

  name    = "${var.name}-${each.key}"
  fifo    = each.value.fifo
  retries = each.value.retries
  delay   = each.value.delay
}

resource "aws_sns_topic" "alerts" {
  count = length(var.queues) > 0 ? 1 : 0
  name  = "${var.name}-alerts"
}

resource "aws_sns_topic_subscription" "alerts" {
  for_each  = length(var.queues) > 0 ? { for key, queue in module.queue : key => queue.dead_arn if !queue.is_fifo } : {}
  topic_arn = one(aws_sns_topic.alerts[*].arn)
  protocol  = "sqs"
  endpoint  = each.value
}

output "table" {
  value = aws_dynamodb_table.store.arn
}
