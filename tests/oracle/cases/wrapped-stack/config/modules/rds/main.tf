variable "identifier" { type = string }
variable "engine" { type = string }
variable "engine_version" { type = string }
variable "family" { type = string }
variable "major_engine_version" { type = string }
variable "instance_class" { type = string }
variable "allocated_storage" { type = number }
variable "db_name" { type = string }
variable "username" { type = string }
variable "port" { type = number }
variable "vpc_security_group_ids" { type = list(string) }
variable "deletion_protection" { type = bool }
variable "skip_final_snapshot" { type = bool }

variable "create_db_subnet_group" {
  type    = bool
  default = true
}

variable "db_subnet_group_name" {
  type    = string
  default = null
}

variable "create_db_parameter_group" {
  type    = bool
  default = true
}

variable "parameters" {
  type    = list(map(string))
  default = []
}

variable "storage_encrypted" {
  type    = bool
  default = true
}

variable "parameter_group_use_name_prefix" {
  type    = bool
  default = true
}

locals {
  create_db_option_group = length(regexall("^(mysql|sqlserver|oracle)", var.engine)) > 0
  parameter_group_name   = var.create_db_parameter_group ? one(aws_db_parameter_group.this[*].id) : null
}

resource "aws_db_parameter_group" "this" {
  count = var.create_db_parameter_group ? 1 : 0

  name        = var.parameter_group_use_name_prefix ? null : var.identifier
  name_prefix = var.parameter_group_use_name_prefix ? "${var.identifier}-" : null
  family      = var.family

  dynamic "parameter" {
    for_each = var.parameters
    content {
      name         = parameter.value.name
      value        = parameter.value.value
      apply_method = lookup(parameter.value, "apply_method", null)
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_option_group" "this" {
  count = local.create_db_option_group ? 1 : 0

  name_prefix          = "${var.identifier}-"
  engine_name          = var.engine
  major_engine_version = var.major_engine_version
}

module "instance" {
  source = "./instance"

  identifier              = var.identifier
  engine                  = var.engine
  engine_version          = var.engine_version
  instance_class          = var.instance_class
  allocated_storage       = var.allocated_storage
  db_name                 = var.db_name
  username                = var.username
  port                    = var.port
  vpc_security_group_ids  = var.vpc_security_group_ids
  db_subnet_group_name    = var.db_subnet_group_name
  parameter_group_name    = local.parameter_group_name
  storage_encrypted       = var.storage_encrypted
  deletion_protection     = var.deletion_protection
  skip_final_snapshot     = var.skip_final_snapshot
}

output "address" {
  value = module.instance.address
}
