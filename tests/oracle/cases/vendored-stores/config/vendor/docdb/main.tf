variable "name" { type = string }
variable "instances" { type = map(any) }
variable "instance_type" { type = string }
variable "subnet_ids" { type = list(string) }
variable "kms_key_id" { type = string }
variable "master" {
  type      = object({ username = string, password = string })
  sensitive = true
}
variable "engine_version" {
  type    = string
  default = "5.0.0"
}

resource "aws_docdb_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_docdb_cluster_parameter_group" "this" {
  name   = "${var.name}-${replace(var.engine_version, ".", "")}"
  family = "docdb${join(".", slice(split(".", var.engine_version), 0, 2))}"

  parameter {
    name  = "tls"
    value = "enabled"
  }
}

resource "aws_docdb_cluster" "this" {
  cluster_identifier              = var.name
  engine_version                  = var.engine_version
  master_username                 = var.master.username
  master_password                 = var.master.password
  db_subnet_group_name            = aws_docdb_subnet_group.this.name
  db_cluster_parameter_group_name = aws_docdb_cluster_parameter_group.this.name
  storage_encrypted               = true
  kms_key_id                      = var.kms_key_id
  deletion_protection             = true
  final_snapshot_identifier       = "${var.name}-final"
}

resource "aws_docdb_cluster_instance" "this" {
  for_each = var.instances

  identifier         = "${var.name}-${each.key}"
  cluster_identifier = aws_docdb_cluster.this.id
  instance_class     = var.instance_type
  promotion_tier     = try(each.value.promotion_tier, 0)
}

output "endpoint" {
  value = aws_docdb_cluster.this.endpoint
}
