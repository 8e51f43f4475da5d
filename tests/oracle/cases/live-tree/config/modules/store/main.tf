variable "prefix" {
  type = string
}

variable "tables" {
  type = set(string)
}

variable "key" {
  type    = string
  default = "pk"
}

variable "encrypted" {
  type    = bool
  default = false
}

variable "expiration" {
  type    = number
  default = 0
}

variable "protected" {
  type    = bool
  default = false
}

variable "tags" {
  type    = map(string)
  default = {}
}

module "name" {
  source   = "../naming"
  for_each = var.tables
  prefix   = var.prefix
  name     = each.key
}

resource "aws_dynamodb_table" "this" {
  for_each     = var.tables
  name         = module.name[each.key].id
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = var.key

  attribute {
    name = var.key
    type = "S"
  }

  deletion_protection_enabled = var.protected

  dynamic "server_side_encryption" {
    for_each = var.encrypted ? [1] : []
    content {
      enabled = true
    }
  }

  tags = var.tags
}

resource "aws_s3_bucket" "export" {
  bucket = "${var.prefix}-export"
  tags   = var.tags
}

resource "aws_s3_bucket_lifecycle_configuration" "export" {
  count  = var.expiration > 0 ? 1 : 0
  bucket = aws_s3_bucket.export.id
  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration {
      days = var.expiration
    }
  }
}
