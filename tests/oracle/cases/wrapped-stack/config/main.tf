data "aws_availability_zones" "available" {}

locals {
  name   = "ex-${basename(path.cwd) == "" ? "stack" : "stack"}"
  region = "eu-west-1"

  vpc_cidr = "10.40.0.0/16"
  azs      = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]

  tags = {
    Example    = local.name
    Repository = "platform/stacks"
  }
}

module "vpc" {
  source = "./modules/vpc"

  name = local.name
  cidr = local.vpc_cidr

  azs              = local.azs
  private_subnets  = [for k, v in local.azs : cidrsubnet(local.vpc_cidr, 4, k)]
  public_subnets   = [for k, v in local.azs : cidrsubnet(local.vpc_cidr, 8, k + 48)]
  database_subnets = [for k, v in local.azs : cidrsubnet(local.vpc_cidr, 8, k + 56)]

  enable_nat_gateway = true
  single_nat_gateway = true

  public_subnet_tags = {
    "kubernetes.io/role/elb" = 1
  }
  private_subnet_tags = {
    "kubernetes.io/role/internal-elb" = 1
  }
}

module "db" {
  source = "./modules/rds"

  identifier = "${local.name}-orders"

  engine               = "postgres"
  engine_version       = "15.4"
  family               = "postgres15"
  major_engine_version = "15"
  instance_class       = "db.t4g.large"
  allocated_storage    = 20

  db_name  = "orders"
  username = "orders"
  port     = 5432

  db_subnet_group_name   = module.vpc.database_subnet_group
  create_db_subnet_group = false
  vpc_security_group_ids = [module.db_access.security_group_id]

  parameters = [
    {
      name  = "autovacuum"
      value = 1
    },
    {
      name         = "client_encoding"
      value        = "utf8"
      apply_method = "pending-reboot"
    }
  ]

  deletion_protection = true
  skip_final_snapshot = false
}

module "db_access" {
  source = "./modules/access"

  name   = "${local.name}-db"
  vpc_id = module.vpc.vpc_id
  ingress_with_cidr_blocks = [
    {
      from_port   = 5432
      to_port     = 5432
      protocol    = "tcp"
      description = "postgres from within"
      cidr_blocks = module.vpc.vpc_cidr_block
    },
  ]
}

module "eks" {
  source = "./modules/eks"

  cluster_name    = local.name
  cluster_version = "1.29"
  subnet_ids      = module.vpc.private_subnets

  group_defaults = {
    instance_types = ["m6i.large"]
    disk_size      = 50
  }

  groups = {
    blue = {}
    green = {
      min_size       = 1
      max_size       = 10
      desired_size   = 1
      instance_types = ["t3.large"]
      capacity_type  = "SPOT"
      labels         = { pool = "green" }
    }
  }
}
