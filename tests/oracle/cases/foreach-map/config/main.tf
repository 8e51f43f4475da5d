provider "aws" {
  region = "eu-west-1"
}

locals {
  tables = {
    users  = { hash = "id", range = null, ttl = true }
    orders = { hash = "user", range = "at", ttl = false }
    audit  = { hash = "day", range = "seq", ttl = true }
  }
  ports = {
    web = 443
    api = 8443
  }
}

resource "aws_dynamodb_table" "this" {
  for_each     = local.tables
  name         = "shop-${each.key}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = each.value.hash
  range_key    = each.value.range

  dynamic "attribute" {
    for_each = compact([each.value.hash, each.value.range])
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "ttl" {
    for_each = each.value.ttl ? [1] : []
    content {
      attribute_name = "expires"
      enabled        = true
    }
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.20.0.0/16"
}

resource "aws_security_group" "web" {
  name        = "shop-web"
  description = "web"
  vpc_id      = aws_vpc.main.id

  dynamic "ingress" {
    for_each = local.ports
    content {
      description = ingress.key
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
}

resource "aws_cloudwatch_log_group" "table" {
  for_each          = { for name, t in local.tables : name => t if t.ttl }
  name              = "/shop/${aws_dynamodb_table.this[each.key].name}"
  retention_in_days = 30
}
