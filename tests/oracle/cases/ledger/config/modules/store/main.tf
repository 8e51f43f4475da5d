terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.copy]
    }
  }
}

variable "name" {}
variable "key" {}
variable "days" {
  default  = 90
  nullable = false
}

resource "aws_s3_bucket" "main" {
  bucket = "${var.name}-main"
}

resource "aws_s3_bucket" "copy" {
  provider      = aws.copy
  bucket_prefix = "${var.name}-copy-"
}

resource "aws_s3_bucket_lifecycle_configuration" "main" {
  for_each = { main = aws_s3_bucket.main.id }
  bucket   = each.value

  dynamic "rule" {
    for_each = { for prefix in ["log", "tmp"] : prefix => prefix == "tmp" ? 1 : var.days }
    iterator = area
    content {
      id     = area.key
      status = "Enabled"
      filter {
        prefix = "${area.key}/"
      }
      expiration {
        days = area.value
      }
    }
  }
}

resource "aws_ecr_repository" "image" {
  name = var.name

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.key
  }
}

output "bucket" {
  value = aws_s3_bucket.main.bucket
}
