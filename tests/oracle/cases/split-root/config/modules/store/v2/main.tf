variable "name" {}
variable "versioned" {
  default = true
}

resource "aws_s3_bucket" "this" {
  bucket = var.name
}

resource "aws_s3_bucket_versioning" "this" {
  count  = var.versioned ? 1 : 0
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = "Enabled"
  }
}

moved {
  from = aws_s3_bucket.bucket
  to   = aws_s3_bucket.this
}

moved {
  from = aws_s3_bucket_versioning.bucket
  to   = aws_s3_bucket_versioning.this[0]
}

output "arn" {
  value = aws_s3_bucket.this.arn
}
