variable "name" {}
variable "force_destroy" {
  type = bool
}
variable "versioned" {
  type    = bool
  default = true
}
variable "expire" {
  type    = list(object({ prefix = string, days = number }))
  default = [{ prefix = "tmp/", days = 7 }]
}
resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = var.force_destroy
}
resource "aws_s3_bucket_versioning" "this" {
  count  = var.versioned ? 1 : 0
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = length(var.expire) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this.id
  dynamic "rule" {
    for_each = var.expire
    content {
      id     = rule.value.prefix
      status = "Enabled"
      filter {
        prefix = rule.value.prefix
      }
      expiration {
        days = rule.value.days
      }
    }
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
output "arn" {
  value = aws_s3_bucket.this.arn
}
