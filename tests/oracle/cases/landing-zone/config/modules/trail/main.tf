terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.replica]
    }
  }
}

variable "prefix" {
  type = string
}

variable "retention" {
  type = number
}

resource "aws_kms_key" "trail" {
  description             = "trail of ${var.prefix}"
  deletion_window_in_days = 30
}

resource "aws_s3_bucket" "trail" {
  bucket = "${var.prefix}-trail"
}

resource "aws_s3_bucket_versioning" "trail" {
  bucket = aws_s3_bucket.trail.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "trail" {
  bucket = aws_s3_bucket.trail.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.trail.arn
    }
  }
}

resource "aws_s3_bucket" "copy" {
  provider = aws.replica
  bucket   = "${var.prefix}-trail-copy"
}

resource "aws_cloudwatch_log_group" "trail" {
  name              = "/org/${var.prefix}/trail"
  retention_in_days = var.retention
}

resource "aws_cloudwatch_log_group" "copy" {
  provider          = aws.replica
  name              = "/org/${var.prefix}/trail"
  retention_in_days = var.retention
}

output "bucket" {
  value = aws_s3_bucket.trail.arn
}
