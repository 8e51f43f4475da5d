terraform {
  required_version = "~> 1.9"
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = []
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

data "terraform_remote_state" "landing" {
  backend = "local"
  config = {
    path = "${path.module}/shared/landing.tfstate"
  }
}

data "aws_availability_zones" "eu" {
  state = "available"
}

data "aws_availability_zones" "us" {
  provider = aws.us
  state    = "available"
}

locals {
  company = data.terraform_remote_state.landing.outputs.company
  pools   = data.terraform_remote_state.landing.outputs.pools
  env     = terraform.workspace == "default" ? "core" : terraform.workspace
  label   = "${local.company}-${local.env}"

  spokes = {
    shop    = { index = 1, subnets = 3, nat = "single" }
    billing = { index = 2, subnets = 2, nat = "per-zone", isolated = true }
    tools   = { index = 3, subnets = 2 }
  }
}

module "hub" {
  source = "./modules/hub"

  label  = local.label
  asn    = 64620
  office = data.terraform_remote_state.landing.outputs.office
}

module "spoke" {
  source   = "./modules/spoke"
  for_each = local.spokes

  name       = "${local.label}-${each.key}"
  cidr       = cidrsubnet(local.pools["eu"], 4, each.value.index)
  zones      = slice(data.aws_availability_zones.eu.names, 0, each.value.subnets)
  nat        = try(each.value.nat, "none")
  isolated   = try(each.value.isolated, false)
  attach     = true
  gateway_id = module.hub.gateway_id
  routes_to  = [for name, spoke in local.spokes : cidrsubnet(local.pools["eu"], 4, spoke.index) if name != each.key && !try(spoke.isolated, false)]
  office     = data.terraform_remote_state.landing.outputs.office
}

module "us" {
  source = "./modules/spoke"
  providers = {
    aws = aws.us
  }

  name      = "${local.label}-us"
  cidr      = cidrsubnet(local.pools.us, 4, 1)
  zones     = slice(data.aws_availability_zones.us.names, 0, 2)
  nat       = "single"
  routes_to = []
  office    = []
}

resource "aws_vpc_peering_connection" "us" {
  vpc_id      = module.spoke["shop"].vpc_id
  peer_vpc_id = module.us.vpc_id
  peer_region = "us-east-1"
  tags        = { Name = "${local.label}-shop-us" }
}

resource "aws_vpc_peering_connection_accepter" "us" {
  provider = aws.us

  vpc_peering_connection_id = aws_vpc_peering_connection.us.id
  auto_accept               = true
}

resource "aws_route" "to_us" {
  count = length(module.spoke["shop"].private_route_table_ids)

  route_table_id            = module.spoke["shop"].private_route_table_ids[count.index]
  destination_cidr_block    = module.us.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection.us.id
}

module "dns" {
  source = "./modules/dns"
  providers = {
    aws        = aws
    aws.remote = aws.us
  }

  zones = {
    internal = { domain = "${local.env}.${local.company}.internal", private = true }
    public   = { domain = "${local.company}.example" }
  }
  vpcs    = { for name, spoke in module.spoke : name => spoke.vpc_id }
  remote  = { us = module.us.vpc_id }
  records = csvdecode(file("${path.module}/shared/records.csv"))
}
