terraform {
  required_version = ">= 1.7"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "tenants" {
  type = map(object({
    tier   = optional(string, "free")
    stages = optional(list(string), ["live"])
    store = optional(object({
      hash   = optional(string, "pk")
      range  = optional(string)
      stream = optional(bool, false)
      index = optional(list(object({
        name = string
        key  = string
      })), [])
    }), {})
    queues = optional(map(object({
      fifo    = optional(bool, false)
      retries = optional(number, 3)
      delay   = optional(number)
    })), {})
  }))
  default = {
    acme = {
      tier   = "gold"
      stages = ["live", "test"]
      store  = { range = "sk", index = [{ name = "by-owner", key = "owner" }] }
      queues = {
        inbox  = {}
        events = { fifo = true, retries = 5 }
      }
    }
    bolt = {
      queues = { inbox = { delay = 30 } }
    }
    corp = {
      stages = ["test"]
    }
  }
}

variable "kinds" {
  type    = set(string)
  default = ["raw", "clean"]
}

locals {
  prefix = "tn"
  pairs = flatten([
    for name, tenant in var.tenants : [
      for stage in tenant.stages : {
        key   = "${name}/${stage}"
        name  = name
        stage = stage
        gold  = tenant.tier == "gold"
      }
    ]
  ])
  matrix = { for pair in setproduct(keys(var.tenants), var.kinds) : join(".", pair) => { tenant = pair[0], kind = pair[1] } }
  gold   = [for name, tenant in var.tenants : name if tenant.tier == "gold"]
  ranks  = { for i, name in sort(keys(var.tenants)) : name => i }
}

resource "aws_s3_bucket" "lake" {
  for_each = local.matrix
  bucket   = "${local.prefix}-${each.value.tenant}-${each.value.kind}"

  tags = {
    Tenant = each.value.tenant
    Kind   = each.value.kind
    Rank   = local.ranks[each.value.tenant]
  }
}

resource "aws_s3_bucket_versioning" "lake" {
  for_each = { for key, item in local.matrix : key => item if contains(local.gold, item.tenant) }
  bucket   = aws_s3_bucket.lake[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_cloudwatch_log_group" "stage" {
  for_each          = { for pair in local.pairs : pair.key => pair }
  name              = "/tenants/${each.key}"
  retention_in_days = each.value.gold ? 365 : 30
}

resource "aws_ssm_parameter" "order" {
  count = length(local.pairs)
  name  = "/tenants/order/${count.index}"
  type  = "String"
  value = element(local.pairs[*].key, count.index)
}

module "tenant" {
  source   = "./modules/tenant"
  for_each = var.tenants

  name   = "${local.prefix}-${each.key}"
  store  = each.value.store
  queues = each.value.queues
}

resource "aws_iam_role" "gold" {
  for_each = toset(local.gold)
  name     = "${local.prefix}-${each.value}-gold"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "gold" {
  for_each = aws_iam_role.gold
  name     = "read"
  role     = each.value.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for key, bucket in aws_s3_bucket.lake : {
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = "${bucket.arn}/*"
      } if startswith(key, "${each.key}.")
    ]
  })
}

output "tables" {
  value = { for name, tenant in module.tenant : name => tenant.table }
}
