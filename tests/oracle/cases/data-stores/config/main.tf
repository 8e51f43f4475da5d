provider "aws" {
  region = "us-east-1"
}

variable "tables" {
  type = map(object({
    hash_key  = string
    range_key = optional(string)
    ttl       = optional(string)
    indexes   = optional(list(object({ name = string, hash_key = string })), [])
  }))
}

variable "buckets" {
  type    = list(string)
  default = ["raw", "clean", "public"]
}

variable "retention_days" {
  default = 90
}

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  attrs = {
    for name, t in var.tables : name => distinct(compact(concat([t.hash_key, t.range_key], [for i in t.indexes : i.hash_key])))
  }
}

resource "aws_dynamodb_table" "this" {
  for_each     = var.tables
  name         = each.key
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = each.value.hash_key
  range_key    = each.value.range_key

  dynamic "attribute" {
    for_each = local.attrs[each.key]
    content {
      name = attribute.value
      type = "S"
    }
  }
  dynamic "global_secondary_index" {
    for_each = { for i in each.value.indexes : i.name => i }
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.hash_key
      projection_type = "ALL"
    }
  }
  dynamic "ttl" {
    for_each = each.value.ttl == null ? [] : [1]
    content {
      attribute_name = each.value.ttl
      enabled        = true
    }
  }
  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.data.arn
  }
}

resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_s3_bucket" "this" {
  count         = length(var.buckets)
  bucket        = "acme-${var.buckets[count.index]}-${local.account}"
  force_destroy = false
}

resource "aws_s3_bucket_versioning" "this" {
  count  = length(var.buckets)
  bucket = aws_s3_bucket.this[count.index].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  count                   = length(aws_s3_bucket.this)
  bucket                  = aws_s3_bucket.this[count.index].bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "raw" {
  bucket = aws_s3_bucket.this[0].id
  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration {
      days = var.retention_days
    }
  }
}

resource "aws_s3_bucket_policy" "public" {
  bucket = aws_s3_bucket.this[index(var.buckets, "public")].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Read"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.account}:root" }
      Action    = ["s3:GetObject"]
      Resource  = "${aws_s3_bucket.this[index(var.buckets, "public")].arn}/*"
    }]
  })
}

resource "aws_kinesis_stream" "events" {
  name             = "events"
  shard_count      = 1
  retention_period = 24
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_glue_catalog_database" "lake" {
  name = "lake"
}

resource "aws_glue_catalog_table" "events" {
  name          = "events"
  database_name = aws_glue_catalog_database.lake.name
  storage_descriptor {
    location = "s3://${aws_s3_bucket.this[1].bucket}/events"
    columns {
      name = "id"
      type = "string"
    }
    columns {
      name = "at"
      type = "timestamp"
    }
  }
}

resource "aws_ecr_repository" "apps" {
  for_each             = toset(split(",", "api,web"))
  name                 = "acme/${each.value}"
  image_tag_mutability = "IMMUTABLE"
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.data.arn
  }
}

resource "aws_ecr_lifecycle_policy" "apps" {
  for_each   = aws_ecr_repository.apps
  repository = each.value.name
  policy = jsonencode({ rules = [{
    rulePriority = 1
    selection    = { tagStatus = "untagged", countType = "imageCountMoreThan", countNumber = 10 }
    action       = { type = "expire" }
  }] })
}
