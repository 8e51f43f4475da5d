terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-central-1"
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}

variable "stage" {
  type    = string
  default = "live"
  validation {
    condition     = contains(["live", "test"], var.stage)
    error_message = "stage is live or test"
  }
}

locals {
  project  = "checkout"
  app      = "${local.project}-${var.stage}"
  account  = data.aws_caller_identity.current.account_id
  region   = data.aws_region.current.name
  raw      = yamldecode(file("${path.module}/functions/catalogue.yaml"))
  settings = { for f in local.raw.functions : f.name => merge(local.raw.defaults, f) }

  routes = merge([
    for name, f in local.settings : {
      for route in try(f.routes, []) : route => {
        function = name
        method   = split(" ", route)[0]
        path     = split(" ", route)[1]
      }
    }
  ]...)

  grants = {
    for pair in flatten([
      for name, f in local.settings : [
        for table in try(f.tables, []) : { key = "${name}:${table}", function = name, table = table }
      ]
    ]) : pair.key => pair
  }

  readers = { for pair in values(local.grants) : pair.table => pair.function... }

  tables = {
    quotes = { hash = "id", ttl = "expires" }
    orders = {
      hash    = "customer"
      range   = "placed_at"
      stream  = "NEW_AND_OLD_IMAGES"
      indexes = [{ name = "by-state", hash = "state", range = "placed_at" }]
    }
  }
}

resource "aws_s3_bucket" "code" {
  bucket = "${local.app}-code-${local.account}-${local.region}"
}

resource "aws_s3_bucket_versioning" "code" {
  bucket = aws_s3_bucket.code.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_lambda_layer_version" "shared" {
  layer_name          = "${local.app}-shared"
  s3_bucket           = aws_s3_bucket.code.id
  s3_key              = "layers/shared-1.2.0.zip"
  compatible_runtimes = ["python3.12"]
}

module "table" {
  source   = "./modules/table"
  for_each = local.tables

  name    = "${local.app}-${each.key}"
  hash    = each.value.hash
  range   = lookup(each.value, "range", null)
  ttl     = try(each.value.ttl, null)
  stream  = try(each.value.stream, null)
  indexes = try(each.value.indexes, [])
  readers = sort(distinct(lookup(local.readers, each.key, [])))
}

module "function" {
  source   = "./modules/function"
  for_each = local.settings

  name    = "${local.app}-${each.key}"
  image   = try(each.value.image, null)
  runtime = each.value.runtime
  handler = try(each.value.handler, null)
  memory  = each.value.memory
  timeout = each.value.timeout
  code    = { bucket = aws_s3_bucket.code.id, key = "functions/${each.key}.zip" }
  layers  = can(each.value.image) ? [] : [aws_lambda_layer_version.shared.arn]

  environment = {
    STAGE  = var.stage
    TABLES = join(",", [for t in try(each.value.tables, []) : module.table[t].name])
  }

  stream_arn = can(each.value.stream) ? module.table[each.value.stream].stream_arn : null
  streamed   = can(each.value.stream)
}

data "aws_iam_policy_document" "grant" {
  for_each = local.grants

  statement {
    sid       = "Table"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
    resources = ["arn:${data.aws_partition.current.partition}:dynamodb:${local.region}:${local.account}:table/${local.app}-${each.value.table}"]
  }
}

resource "aws_iam_role_policy" "grant" {
  for_each = local.grants

  name   = replace(each.key, ":", "-")
  role   = module.function[each.value.function].role_name
  policy = data.aws_iam_policy_document.grant[each.key].json
}
