variable "name" {}

resource "aws_s3_bucket" "bucket" {
  bucket = var.name
}

resource "aws_s3_bucket_versioning" "bucket" {
  bucket = aws_s3_bucket.bucket.id
  versioning_configuration {
    status = "Enabled"
  }
}

output "arn" {
  value = aws_s3_bucket.bucket.arn
}
