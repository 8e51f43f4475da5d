terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.replica]
    }
  }
}

variable "prefix" {}
variable "tables" {
  type = map(object({
    hash  = string
    range = optional(string)
    ttl   = optional(string, "")
  }))
}
variable "buckets" {
  type = map(object({
    versioned = optional(bool, false)
    days      = optional(number)
  }))
  default = {}
}
variable "secrets" {
  type = list(string)
}

module "bucket" {
  source    = "../bucket"
  for_each  = var.buckets
  name      = "${var.prefix}-${each.key}"
  versioned = each.value.versioned
  days      = each.value.days
}

module "copy" {
  source    = "../bucket"
  providers = { aws = aws.replica }
  for_each  = { for k, b in var.buckets : k => b if b.versioned }
  name      = "${module.bucket[each.key].name}-copy"
}

resource "aws_dynamodb_table" "this" {
  for_each     = var.tables
  name         = "${var.prefix}.${each.key}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = each.value.hash
  range_key    = each.value.range
  dynamic "attribute" {
    for_each = toset(compact([each.value.hash, each.value.range]))
    content {
      name = attribute.key
      type = "S"
    }
  }
  dynamic "ttl" {
    for_each = each.value.ttl != "" ? { on = each.value.ttl } : {}
    content {
      enabled        = true
      attribute_name = ttl.value
    }
  }
}

resource "aws_secretsmanager_secret" "this" {
  count = length(var.secrets)
  name  = "${var.prefix}/${var.secrets[count.index]}"
}

resource "aws_ssm_parameter" "table" {
  for_each = aws_dynamodb_table.this
  name     = "/${var.prefix}/tables/${each.key}"
  type     = "String"
  value    = each.value.arn
}

resource "aws_ssm_parameter" "bucket" {
  for_each = module.bucket
  name     = "/${var.prefix}/buckets/${each.key}"
  type     = "String"
  value    = each.value.name
}
