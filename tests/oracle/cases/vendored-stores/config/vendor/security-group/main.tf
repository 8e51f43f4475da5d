variable "create" {
  type    = bool
  default = true
}
variable "name" { type = string }
variable "use_name_prefix" {
  type    = bool
  default = true
}
variable "description" {
  type    = string
  default = "Security Group managed by Terraform"
}
variable "vpc_id" { type = string }
variable "ingress_with_cidr_blocks" {
  type    = list(map(string))
  default = []
}

locals {
  this_id = try(aws_security_group.this[0].id, aws_security_group.prefixed[0].id, "")
}

resource "aws_security_group" "this" {
  count = var.create && !var.use_name_prefix ? 1 : 0

  name        = var.name
  description = var.description
  vpc_id      = var.vpc_id
}

resource "aws_security_group" "prefixed" {
  count = var.create && var.use_name_prefix ? 1 : 0

  name_prefix = "${var.name}-"
  description = var.description
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group_rule" "ingress" {
  count = var.create ? length(var.ingress_with_cidr_blocks) : 0

  security_group_id = local.this_id
  type              = "ingress"
  cidr_blocks       = split(",", lookup(var.ingress_with_cidr_blocks[count.index], "cidr_blocks", "10.0.0.0/8"))
  description       = lookup(var.ingress_with_cidr_blocks[count.index], "description", "Ingress Rule")
  from_port         = lookup(var.ingress_with_cidr_blocks[count.index], "from_port", 0)
  to_port           = lookup(var.ingress_with_cidr_blocks[count.index], "to_port", lookup(var.ingress_with_cidr_blocks[count.index], "from_port", 0))
  protocol          = lookup(var.ingress_with_cidr_blocks[count.index], "protocol", "tcp")
}

resource "aws_security_group_rule" "egress" {
  count = var.create ? 1 : 0

  security_group_id = local.this_id
  type              = "egress"
  cidr_blocks       = ["0.0.0.0/0"]
  from_port         = 0
  to_port           = 0
  protocol          = "-1"
}

output "security_group_id" {
  value = local.this_id
}
