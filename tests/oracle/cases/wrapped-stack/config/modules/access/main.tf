variable "create" {
  type    = bool
  default = true
}

variable "name" {
  type = string
}

variable "use_name_prefix" {
  type    = bool
  default = true
}

variable "vpc_id" {
  type    = string
  default = null
}

variable "ingress_with_cidr_blocks" {
  type    = list(map(string))
  default = []
}

locals {
  this_sg_id = concat(aws_security_group.this.*.id, aws_security_group.this_name_prefix.*.id, [""])[0]
}

resource "aws_security_group" "this" {
  count = var.create && !var.use_name_prefix ? 1 : 0

  name        = var.name
  description = "Security Group managed by Terraform"
  vpc_id      = var.vpc_id
}

resource "aws_security_group" "this_name_prefix" {
  count = var.create && var.use_name_prefix ? 1 : 0

  name_prefix = "${var.name}-"
  description = "Security Group managed by Terraform"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group_rule" "ingress_with_cidr_blocks" {
  count = var.create ? length(var.ingress_with_cidr_blocks) : 0

  security_group_id = local.this_sg_id
  type              = "ingress"

  cidr_blocks = split(",", lookup(var.ingress_with_cidr_blocks[count.index], "cidr_blocks", "10.0.0.0/8"))
  description = lookup(var.ingress_with_cidr_blocks[count.index], "description", "Ingress Rule")
  from_port   = lookup(var.ingress_with_cidr_blocks[count.index], "from_port", 0)
  to_port     = lookup(var.ingress_with_cidr_blocks[count.index], "to_port", 0)
  protocol    = lookup(var.ingress_with_cidr_blocks[count.index], "protocol", "-1")
}

output "security_group_id" {
  value = try(aws_security_group.this[0].id, aws_security_group.this_name_prefix[0].id, "")
}
