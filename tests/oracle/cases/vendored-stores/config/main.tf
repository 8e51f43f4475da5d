resource "aws_vpc" "this" {
  cidr_block           = "10.40.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = local.prefix }
}

resource "aws_subnet" "data" {
  for_each = { for i, az in local.azs : az => i }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, 20 + each.value)
  tags              = { Name = "${local.prefix}-data-${each.key}" }
}

resource "aws_kms_key" "data" {
  description             = "Data at rest of ${local.prefix}"
  deletion_window_in_days = 30
  enable_key_rotation     = true
}

module "store_sg" {
  source   = "./vendor/security-group"
  for_each = toset(["rds", "redis", "kafka", "search", "efs"])

  name   = "${local.prefix}-${each.key}"
  vpc_id = aws_vpc.this.id
  ingress_with_cidr_blocks = [
    { from_port = lookup(local.ports, each.key, 443), cidr_blocks = aws_vpc.this.cidr_block },
  ]
}

locals {
  ports      = { rds = 5432, redis = 6379, kafka = 9098, efs = 2049 }
  subnet_ids = [for az in sort(keys(aws_subnet.data)) : aws_subnet.data[az].id]
}

module "rds" {
  source   = "./vendor/rds"
  for_each = var.databases

  identifier             = "${local.prefix}-${each.key}"
  engine                 = each.value.engine
  engine_version         = each.value.engine_version
  instance_class         = each.value.instance_class
  allocated_storage      = each.value.allocated_storage
  multi_az               = each.value.multi_az
  snapshot_identifier    = each.value.snapshot
  parameters             = [for k in sort(keys(each.value.parameters)) : { name = k, value = each.value.parameters[k] }]
  replicas               = each.value.replicas
  subnet_ids             = local.subnet_ids
  vpc_security_group_ids = [module.store_sg["rds"].security_group_id]
  kms_key_id             = aws_kms_key.data.arn
  deletion_protection    = var.environment == "production"
}

module "redis" {
  source = "./vendor/elasticache"

  create               = local.cache.nodes > 0
  replication_group_id = "${local.prefix}-redis"
  description          = "Sessions and carts"
  engine_version       = local.cache.engine_version
  node_type            = local.cache.node_type
  num_cache_clusters   = local.cache.nodes
  at_rest              = local.cache.encrypted
  subnet_ids           = local.subnet_ids
  security_group_ids   = [module.store_sg["redis"].security_group_id]
  parameters           = { "maxmemory-policy" = "allkeys-lru" }
}

module "kafka" {
  source = "./vendor/msk"

  name            = "${local.prefix}-bus"
  kafka_version   = "3.6.0"
  broker          = { instance_type = "kafka.m5.large", volume_size = 500 }
  client_subnets  = local.subnet_ids
  security_groups = [module.store_sg["kafka"].security_group_id]
  kms_key_arn     = aws_kms_key.data.arn
  properties      = { "auto.create.topics.enable" = "false", "default.replication.factor" = "3" }
}

module "search" {
  source = "./vendor/opensearch"
  count  = var.search_enabled ? 1 : 0

  domain_name = "${local.prefix}-search"
  cluster     = { instance_count = length(local.azs) }
  kms_key_id  = aws_kms_key.data.key_id
  vpc = {
    subnet_ids         = local.subnet_ids
    security_group_ids = [module.store_sg["search"].security_group_id]
  }
}

module "files" {
  source = "./vendor/efs"

  name          = "${local.prefix}-files"
  kms_key_arn   = aws_kms_key.data.arn
  mount_targets = { for az, subnet in aws_subnet.data : az => { subnet_id = subnet.id } }
  access_points = {
    uploads = { path = "/uploads", uid = 1000 }
    exports = { path = "/exports" }
  }
  security_group_ids = [module.store_sg["efs"].security_group_id]
}

module "documents" {
  source = "./vendor/docdb"

  name          = "${local.prefix}-docs"
  instances     = { one = {}, two = { promotion_tier = 1 } }
  subnet_ids    = local.subnet_ids
  kms_key_id    = aws_kms_key.data.arn
  master        = { username = "docs", password = "not-a-real-password" }
  instance_type = "db.r6g.large"
}

module "warehouse" {
  source = "./vendor/redshift"

  create             = var.environment == "production"
  cluster_identifier = "${local.prefix}-dwh"
  database_name      = "dwh"
  node_type          = "ra3.xlplus"
  nodes              = 2
  subnet_ids         = local.subnet_ids
  kms_key_arn        = aws_kms_key.data.arn
}

resource "aws_ssm_parameter" "endpoints" {
  for_each = {
    for name, value in {
      redis   = module.redis.endpoint
      kafka   = module.kafka.bootstrap
      search  = one(module.search[*].endpoint)
      docs    = module.documents.endpoint
      dwh     = module.warehouse.endpoint
    } : name => value if var.name != ""
  }

  name  = "/${var.name}/${var.environment}/${each.key}"
  type  = "String"
  value = coalesce(each.value, "none")
}

resource "aws_ssm_parameter" "database" {
  for_each = module.rds

  name  = "/${var.name}/${var.environment}/database/${each.key}"
  type  = "String"
  value = each.value.address
}
