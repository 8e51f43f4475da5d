provider "aws" {
  region = "eu-west-1"
}

locals {
  teams = ["red", "blue"]
  kinds = ["raw", "clean"]
  buckets = {
    for pair in setproduct(local.teams, local.kinds) : "${pair[0]}-${pair[1]}" => {
      team = pair[0]
      kind = pair[1]
      keep = pair[1] == "raw" ? 365 : 30
    }
  }
}

resource "aws_s3_bucket" "this" {
  for_each      = local.buckets
  bucket        = "suite-${each.key}"
  force_destroy = each.value.kind == "clean"
  tags          = { Team = each.value.team }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.buckets
  bucket   = aws_s3_bucket.this[each.key].bucket
  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration {
      days = each.value.keep
    }
  }
}

resource "aws_s3_bucket_policy" "tls" {
  for_each = { for key, b in aws_s3_bucket.this : key => b if endswith(key, "raw") }
  bucket   = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "tls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [each.value.arn, "${each.value.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
