variable "create" {
  type    = bool
  default = true
}
variable "cluster_identifier" { type = string }
variable "database_name" { type = string }
variable "node_type" { type = string }
variable "nodes" { type = number }
variable "subnet_ids" { type = list(string) }
variable "kms_key_arn" { type = string }
variable "snapshot_identifier" {
  type    = string
  default = null
}

resource "aws_redshift_subnet_group" "this" {
  count = var.create ? 1 : 0

  name       = var.cluster_identifier
  subnet_ids = var.subnet_ids
}

resource "aws_redshift_cluster" "this" {
  count = var.create ? 1 : 0

  cluster_identifier        = var.cluster_identifier
  database_name             = var.database_name
  node_type                 = var.node_type
  cluster_type              = var.nodes > 1 ? "multi-node" : "single-node"
  number_of_nodes           = var.nodes
  master_username           = "dwh"
  master_password           = "Not4realpassword"
  cluster_subnet_group_name = aws_redshift_subnet_group.this[0].id
  encrypted                 = true
  kms_key_id                = var.kms_key_arn
  snapshot_identifier       = var.snapshot_identifier
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.cluster_identifier}-final"
}

output "endpoint" {
  value = try(aws_redshift_cluster.this[0].endpoint, null)
}
