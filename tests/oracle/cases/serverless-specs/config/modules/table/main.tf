variable "name" { type = string }
variable "spec" { type = any }

resource "aws_dynamodb_table" "this" {
  name             = var.name
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = var.spec.key.hash
  range_key        = try(var.spec.key.range, null)
  stream_enabled   = can(var.spec.stream)
  stream_view_type = try(var.spec.stream, null)

  dynamic "attribute" {
    for_each = var.spec.attributes
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = { for index in try(var.spec.indexes, []) : index.name => index }
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.hash
      projection_type = try(global_secondary_index.value.projection, "ALL")
    }
  }

  dynamic "ttl" {
    for_each = compact([try(var.spec.ttl, "")])
    content {
      enabled        = true
      attribute_name = ttl.value
    }
  }
}

output "arn" {
  value = aws_dynamodb_table.this.arn
}
