terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.0"
    }
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "buckets" {
  type    = any
  default = {}
}

locals {
  enabled = module.this.enabled
  buckets = { for k, v in var.buckets : k => v if local.enabled && lookup(v, "enabled", true) }
}

module "bucket_label" {
  for_each = local.buckets
  source   = "./label"

  attributes = [each.key]
  context    = module.this.context
}

module "bucket" {
  for_each = local.buckets
  source   = "./modules/bucket"

  versioning = lookup(each.value, "versioning", true)
  context    = module.bucket_label[each.key].context
}

module "queue" {
  source = "./modules/queue"

  attributes = ["jobs"]
  fifo       = true
  context    = module.this.context
}

module "role_label" {
  source = "./label"

  attributes      = ["task", "execution", "role"]
  id_length_limit = 24
  context         = module.this.context
}

resource "aws_iam_role" "task" {
  count = local.enabled ? 1 : 0

  name               = module.role_label.id
  assume_role_policy = join("", data.aws_iam_policy_document.assume[*].json)
  tags               = module.role_label.tags
}

data "aws_iam_policy_document" "assume" {
  count = local.enabled ? 1 : 0

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_cloudwatch_log_group" "default" {
  count = module.this.enabled ? 1 : 0
  name  = "/${replace(module.this.id, "-", "/")}"
  tags  = module.this.tags
}

resource "aws_ssm_parameter" "buckets" {
  for_each = module.bucket
  name     = format("/%s/%s", module.this.id, each.key)
  type     = "String"
  value    = each.value.bucket_id
}
