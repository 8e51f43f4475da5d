provider "aws" {
  region = "eu-west-1"
}

variable "name" {
  type = string
}

variable "tables" {
  type = map(object({
    hash   = string
    stream = optional(bool, false)
    class  = optional(string, "STANDARD")
  }))
}

variable "enabled" {
  type    = bool
  default = true
}

variable "suffix" {
  type     = string
  default  = null
  nullable = true
}

locals {
  full_name = var.suffix == null ? var.name : "${var.name}-${var.suffix}"
}

resource "aws_dynamodb_table" "this" {
  for_each         = var.enabled ? var.tables : {}
  name             = "${local.full_name}-${each.key}"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = each.value.hash
  table_class      = each.value.class
  stream_enabled   = each.value.stream
  stream_view_type = each.value.stream ? "NEW_IMAGE" : null
  attribute {
    name = each.value.hash
    type = "S"
  }
}

resource "aws_ssm_parameter" "name" {
  name  = "/${local.full_name}/name"
  type  = "String"
  value = local.full_name
}

resource "aws_secretsmanager_secret" "token" {
  name = "${local.full_name}/token"
}

resource "aws_kinesis_stream" "events" {
  name             = upper(replace(local.full_name, "-", "_"))
  shard_count      = 2
  retention_period = 48
}
