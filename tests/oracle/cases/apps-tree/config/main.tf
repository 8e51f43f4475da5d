terraform {
  required_version = ">= 1.5"
}

provider "aws" {
  region = local.region
}

locals {
  region  = "eu-central-1"
  config  = yamldecode(templatefile("${path.root}/config.yaml.tftpl", { stage = var.stage }))
  enabled = { for name, app in local.config.apps : name => app if lookup(app, "enabled", true) }
}

variable "stage" {
  type    = string
  default = "test"
  validation {
    condition     = contains(["test", "prod"], var.stage)
    error_message = "test or prod"
  }
}

variable "force_destroy" {
  type    = bool
  default = null
}

data "aws_region" "current" {}
data "aws_caller_identity" "me" {}
data "aws_partition" "current" {}

module "label" {
  source = "./modules/label"
  parts  = ["acme", var.stage]
}

module "network" {
  source = "./modules/network"
  name   = module.label.id
  cidr   = local.config.network.cidr
  zones  = ["a", "b"]
}

module "storage" {
  source        = "./modules/storage"
  for_each      = toset(local.config.buckets)
  name          = join("-", [module.label.id, each.value, data.aws_caller_identity.me.account_id])
  force_destroy = coalesce(var.force_destroy, var.stage == "test")
}

module "service" {
  source   = "./modules/service"
  for_each = local.enabled

  name       = "${module.label.id}-${each.key}"
  subnet_ids = values(module.network.subnets)
  vpc_id     = module.network.vpc_id
  ports      = try(each.value.ports, [])
  buckets    = { for b in try(each.value.buckets, []) : b => module.storage[b].arn }
  size       = { small = 1, large = 3 }[try(each.value.size, "small")]
  partition  = data.aws_partition.current.partition
}

resource "aws_ssm_parameter" "roles" {
  for_each = module.service
  name     = "/${module.label.id}/${each.key}/role"
  type     = "String"
  value    = each.value.role_arn
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = module.label.id
  dashboard_body = jsonencode({
    widgets = [for name, s in module.service : {
      type       = "text"
      properties = { markdown = "${name}: ${s.queue}" }
    }]
  })
}
