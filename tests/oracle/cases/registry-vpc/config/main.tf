terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { Owner = "platform" }
  }
}

locals {
  name = "${var.project}-${var.stage}"
  azs  = slice(data.aws_availability_zones.available.names, 0, 2)
  tags = merge({ Name = local.name }, var.extra_tags)
}

data "aws_availability_zones" "available" {
  state = "available"
}

module "vpc" {
  source = "./modules/vpc"

  name            = local.name
  cidr            = var.cidr
  azs             = local.azs
  private_subnets = [for i, az in local.azs : cidrsubnet(var.cidr, 8, i)]
  public_subnets  = [for i, az in local.azs : cidrsubnet(var.cidr, 8, i + 100)]
  enable_nat      = true
  single_nat      = var.stage != "prod"
  tags            = local.tags
}

module "web_sg" {
  source = "./modules/sg"
  name   = "${local.name}-web"
  vpc_id = module.vpc.vpc_id
  rules = {
    http  = { port = 80, cidrs = ["0.0.0.0/0"] }
    https = { port = 443, cidrs = ["0.0.0.0/0"] }
  }
  tags = local.tags
}

module "db_sg" {
  source = "./modules/sg"
  name   = "${local.name}-db"
  vpc_id = module.vpc.vpc_id
  rules = {
    pg = { port = 5432, cidrs = module.vpc.private_cidrs }
  }
}

resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = module.vpc.private_subnet_ids
  tags       = local.tags
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = module.vpc.vpc_id
  service_name    = "com.amazonaws.${var.region}.s3"
  route_table_ids = module.vpc.private_route_table_ids
}

output "vpc_id" {
  value = module.vpc.vpc_id
}
