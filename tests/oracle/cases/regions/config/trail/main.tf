terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "name" {
  type = string
}

resource "aws_s3_bucket" "trail" {
  bucket = var.name
}

resource "aws_sqs_queue" "trail" {
  name = "${var.name}-events"
}
