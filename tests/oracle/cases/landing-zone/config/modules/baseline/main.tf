variable "name" { type = string }
variable "prefix" { type = string }
variable "unit" { type = string }
variable "vpc_id" { type = string }
variable "domain" { type = string }
variable "guardrails" { type = map(string) }

resource "aws_s3_bucket" "state" {
  bucket = "${var.prefix}-${var.unit}-${var.name}-state"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  count  = lookup(var.guardrails, "public_access", "allow") == "deny" ? 1 : 0
  bucket = aws_s3_bucket.state.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_dynamodb_table" "lock" {
  name         = "${var.prefix}-${var.name}-lock"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "LockID"

  attribute {
    name = "LockID"
    type = "S"
  }

  server_side_encryption {
    enabled = true
  }
}

resource "aws_route53_zone" "this" {
  name = format("%s.%s", var.name, var.domain)

  vpc {
    vpc_id = var.vpc_id
  }
}

resource "aws_ssm_parameter" "zone" {
  name  = "/${var.prefix}/${var.name}/zone"
  type  = "String"
  value = aws_route53_zone.this.zone_id
}
