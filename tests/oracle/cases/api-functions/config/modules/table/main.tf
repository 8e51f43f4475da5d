variable "name" { type = string }
variable "hash" { type = string }
variable "range" {
  type    = string
  default = null
}
variable "ttl" {
  type    = string
  default = null
}
variable "stream" {
  type    = string
  default = null
}
variable "indexes" {
  type = list(object({
    name       = string
    hash       = string
    range      = optional(string)
    projection = optional(string, "ALL")
  }))
  default = []
}
variable "readers" {
  type    = list(string)
  default = []
}

locals {
  keys = distinct(compact(concat([var.hash, var.range], flatten([for i in var.indexes : [i.hash, i.range]]))))
}

resource "aws_dynamodb_table" "this" {
  name             = var.name
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = var.hash
  range_key        = var.range
  stream_enabled   = var.stream != null
  stream_view_type = var.stream

  dynamic "attribute" {
    for_each = toset(local.keys)
    content {
      name = attribute.key
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes
    iterator = index
    content {
      name            = index.value.name
      hash_key        = index.value.hash
      range_key       = index.value.range
      projection_type = index.value.projection
    }
  }

  dynamic "ttl" {
    for_each = var.ttl[*]
    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  tags = { Readers = join(" ", var.readers) }

  lifecycle {
    prevent_destroy = false
  }
}

output "name" { value = aws_dynamodb_table.this.name }
output "arn" { value = aws_dynamodb_table.this.arn }
output "stream_arn" { value = aws_dynamodb_table.this.stream_arn }
