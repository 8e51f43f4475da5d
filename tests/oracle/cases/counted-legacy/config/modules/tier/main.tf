variable "name" {}
variable "subnets" {}
variable "nodes" {}
variable "group" {}

resource "aws_elasticache_subnet_group" "this" {
  name       = "${var.name}"
  subnet_ids = "${split(",", var.subnets)}"
}

resource "aws_elasticache_cluster" "this" {
  count              = "${var.nodes}"
  cluster_id         = "${format("%s-%d", var.name, count.index)}"
  engine             = "redis"
  engine_version     = "7.0"
  node_type          = "cache.t3.small"
  num_cache_nodes    = 1
  subnet_group_name  = "${aws_elasticache_subnet_group.this.name}"
  security_group_ids = ["${var.group}"]
}
