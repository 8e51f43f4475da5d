variable "name" { type = string }
variable "subnet_ids" { type = list(string) }
variable "group_ids" { type = list(string) }
variable "key_arn" { type = string }
variable "encrypted" { type = bool }

resource "aws_redshift_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_redshift_parameter_group" "this" {
  name   = var.name
  family = "redshift-1.0"
  parameter {
    name  = "require_ssl"
    value = "true"
  }
}

resource "aws_redshift_cluster" "this" {
  cluster_identifier           = var.name
  database_name                = "warehouse"
  master_username              = "root_user"
  master_password              = "Changed-in-vault-1"
  node_type                    = "ra3.xlplus"
  number_of_nodes              = 2
  cluster_type                 = "multi-node"
  cluster_subnet_group_name    = aws_redshift_subnet_group.this.name
  cluster_parameter_group_name = aws_redshift_parameter_group.this.name
  vpc_security_group_ids       = var.group_ids
  encrypted                    = var.encrypted
  kms_key_id                   = var.encrypted ? var.key_arn : null
  skip_final_snapshot          = false
  final_snapshot_identifier    = "${var.name}-final"
}
