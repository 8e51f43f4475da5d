variable "create" {
  type    = bool
  default = true
}

variable "identifier" { type = string }
variable "engine" { type = string }
variable "engine_version" { type = string }
variable "instance_class" { type = string }
variable "allocated_storage" { type = number }
variable "db_name" { type = string }
variable "username" { type = string }
variable "port" { type = number }
variable "vpc_security_group_ids" { type = list(string) }
variable "db_subnet_group_name" { type = string }
variable "parameter_group_name" { type = string }
variable "storage_encrypted" { type = bool }
variable "deletion_protection" { type = bool }
variable "skip_final_snapshot" { type = bool }

variable "snapshot_identifier" {
  type    = string
  default = null
}

locals {
  is_replica = false
}

resource "aws_db_instance" "this" {
  count = var.create ? 1 : 0

  identifier        = var.identifier
  engine            = local.is_replica ? null : var.engine
  engine_version    = var.engine_version
  instance_class    = var.instance_class
  allocated_storage = var.allocated_storage
  storage_encrypted = var.storage_encrypted

  db_name             = var.db_name
  username            = !local.is_replica ? var.username : null
  password            = "changeme-in-vault"
  port                = var.port
  snapshot_identifier = var.snapshot_identifier

  vpc_security_group_ids = var.vpc_security_group_ids
  db_subnet_group_name   = var.db_subnet_group_name
  parameter_group_name   = var.parameter_group_name

  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = var.skip_final_snapshot
  final_snapshot_identifier = var.skip_final_snapshot ? null : "final-${var.identifier}"
}

output "address" {
  value = try(aws_db_instance.this[0].address, null)
}
