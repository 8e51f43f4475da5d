resource "aws_kms_key" "db" {
  description         = "parcel database"
  enable_key_rotation = true
}

resource "aws_kms_alias" "db" {
  name          = "alias/${local.name}-db"
  target_key_id = aws_kms_key.db.key_id
}

resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = aws_subnet.data.*.id
}

resource "aws_db_parameter_group" "main" {
  name   = "${local.name}-mysql${replace(join(".", slice(split(".", var.db.version), 0, 2)), ".", "")}"
  family = "mysql${join(".", slice(split(".", var.db.version), 0, 2))}"

  parameter {
    name  = "slow_query_log"
    value = "1"
  }
}

resource "aws_db_instance" "main" {
  identifier                  = local.name
  engine                      = "mysql"
  engine_version              = var.db.version
  instance_class              = var.db.size
  allocated_storage           = var.db.storage
  max_allocated_storage       = var.db.storage * 5
  db_name                     = "parcel"
  username                    = "parcel"
  manage_master_user_password = true
  storage_encrypted           = true
  kms_key_id                  = aws_kms_key.db.arn
  db_subnet_group_name        = aws_db_subnet_group.main.name
  parameter_group_name        = aws_db_parameter_group.main.name
  vpc_security_group_ids      = [aws_security_group.db.id]
  backup_retention_period     = 7
  copy_tags_to_snapshot       = true
  final_snapshot_identifier   = "${local.name}-final"
  apply_immediately           = true
  allow_major_version_upgrade = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_elasticache_subnet_group" "main" {
  name       = local.name
  subnet_ids = aws_subnet.data[*].id
}

resource "aws_elasticache_cluster" "sessions" {
  cluster_id        = "${local.name}-sessions"
  engine            = "memcached"
  engine_version    = "1.6.17"
  node_type         = "cache.t4g.small"
  num_cache_nodes   = length(var.availability_zones)
  subnet_group_name = aws_elasticache_subnet_group.main.name
  az_mode           = length(var.availability_zones) > 1 ? "cross-az" : "single-az"
}

resource "aws_ebs_volume" "spool" {
  count             = length(var.availability_zones)
  availability_zone = var.availability_zones[count.index]
  size              = 50
  type              = "gp3"
  encrypted         = true
  kms_key_id        = aws_kms_key.db.arn
}

module "archive" {
  source = "./modules/store/v1"
  name   = "${local.name}-archive"
}

module "exports" {
  source = "./modules/store/v1"
  name   = "${local.name}-exports"
}
