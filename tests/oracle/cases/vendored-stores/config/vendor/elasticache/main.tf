variable "create" {
  type    = bool
  default = true
}
variable "replication_group_id" { type = string }
variable "description" {
  type    = string
  default = null
}
variable "engine_version" { type = string }
variable "node_type" { type = string }
variable "num_cache_clusters" { type = number }
variable "at_rest" { type = bool }
variable "transit" {
  type    = bool
  default = true
}
variable "subnet_ids" { type = list(string) }
variable "security_group_ids" { type = list(string) }
variable "parameters" {
  type    = map(string)
  default = {}
}
variable "port" {
  type    = number
  default = 6379
}

locals {
  parameter_group = "${var.replication_group_id}-${replace(format("redis%d", floor(tonumber(var.engine_version))), ".", "-")}"
}

resource "aws_elasticache_subnet_group" "this" {
  count = var.create ? 1 : 0

  name       = var.replication_group_id
  subnet_ids = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  count = var.create && length(var.parameters) > 0 ? 1 : 0

  name   = local.parameter_group
  family = "redis${split(".", var.engine_version)[0]}"

  dynamic "parameter" {
    for_each = var.parameters
    content {
      name  = parameter.key
      value = parameter.value
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_elasticache_replication_group" "this" {
  count = var.create ? 1 : 0

  replication_group_id       = var.replication_group_id
  description                = coalesce(var.description, "Managed by Terraform")
  engine                     = "redis"
  engine_version             = var.engine_version
  node_type                  = var.node_type
  num_cache_clusters         = var.num_cache_clusters
  automatic_failover_enabled = var.num_cache_clusters > 1
  at_rest_encryption_enabled = var.at_rest
  transit_encryption_enabled = var.transit
  port                       = var.port
  parameter_group_name       = try(aws_elasticache_parameter_group.this[0].name, null)
  subnet_group_name          = aws_elasticache_subnet_group.this[0].name
  security_group_ids         = var.security_group_ids
}

output "endpoint" {
  value = one(aws_elasticache_replication_group.this[*].primary_endpoint_address)
}
