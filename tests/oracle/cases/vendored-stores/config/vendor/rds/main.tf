locals {
  family  = coalesce(var.family, "${var.engine}${element(split(".", var.engine_version), 0)}")
  final   = "${var.identifier}-final"
  group   = var.db_subnet_group_name != null ? var.db_subnet_group_name : one(aws_db_subnet_group.this[*].name)
  primary = aws_db_instance.this[0]
}

resource "aws_db_subnet_group" "this" {
  count = var.create && var.db_subnet_group_name == null ? 1 : 0

  name_prefix = "${var.identifier}-"
  description = "Database subnet group for ${var.identifier}"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  count = var.create && length(var.parameters) > 0 ? 1 : 0

  name_prefix = "${var.identifier}-"
  family      = local.family

  dynamic "parameter" {
    for_each = var.parameters
    content {
      name         = parameter.value.name
      value        = parameter.value.value
      apply_method = lookup(parameter.value, "apply_method", "pending-reboot")
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  count = var.create ? 1 : 0

  identifier        = var.identifier
  engine            = var.engine
  engine_version    = var.engine_version
  instance_class    = var.instance_class
  allocated_storage = var.allocated_storage
  storage_encrypted = var.storage_encrypted
  kms_key_id        = var.kms_key_id

  db_name                = try(coalesce(var.db_name), null)
  username               = var.snapshot_identifier == null ? var.username : null
  password               = var.snapshot_identifier == null ? "not-a-real-password" : null
  snapshot_identifier    = var.snapshot_identifier
  db_subnet_group_name   = local.group
  parameter_group_name   = one(aws_db_parameter_group.this[*].name)
  vpc_security_group_ids = var.vpc_security_group_ids
  multi_az               = var.multi_az

  backup_retention_period   = var.backup_retention_period
  deletion_protection       = var.deletion_protection
  final_snapshot_identifier = local.final

  timeouts {
    create = lookup(var.timeouts, "create", null)
    delete = lookup(var.timeouts, "delete", null)
  }

  lifecycle {
    ignore_changes = [password, latest_restorable_time]
  }
}

resource "aws_db_instance" "replica" {
  count = var.create ? var.replicas : 0

  identifier          = "${var.identifier}-replica-${count.index}"
  replicate_source_db = local.primary.identifier
  instance_class      = coalesce(var.replica_class, var.instance_class)
  storage_encrypted   = true
  kms_key_id          = var.kms_key_id
  skip_final_snapshot = true
}
