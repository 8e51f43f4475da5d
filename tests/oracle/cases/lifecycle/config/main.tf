provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "version" {
  input = "1.0.0"
}

resource "terraform_data" "schema" {
  input            = { tables = 4 }
  triggers_replace = ["v1"]
}

resource "aws_s3_bucket" "logs" {
  bucket        = "acme-lifecycle-logs"
  force_destroy = false
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 20
  type              = "gp3"
  encrypted         = true
  lifecycle {
    ignore_changes = [availability_zone, tags]
  }
}

resource "aws_ebs_volume" "scratch" {
  availability_zone = "eu-west-1a"
  size              = 10
  lifecycle {
    replace_triggered_by = [terraform_data.schema]
  }
}

resource "aws_sqs_queue" "work" {
  name = "acme-lifecycle-work"
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.version.output]
  }
}

resource "aws_ecr_repository" "app" {
  name                 = "acme/app"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = false
  lifecycle {
    ignore_changes = all
  }
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/acme/lifecycle"
  retention_in_days = 90
  skip_destroy      = true
}
