variable "name" {}
variable "vpc_id" {}
variable "rules" {
  type = map(object({
    port        = number
    cidrs       = list(string)
    protocol    = optional(string, "tcp")
    description = optional(string)
  }))
}
variable "tags" {
  type    = map(string)
  default = null
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Managed by Terraform"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_security_group_rule" "ingress" {
  for_each          = var.rules
  type              = "ingress"
  security_group_id = aws_security_group.this.id
  from_port         = each.value.port
  to_port           = each.value.port
  protocol          = each.value.protocol
  cidr_blocks       = each.value.cidrs
  description       = each.value.description
}

resource "aws_security_group_rule" "egress" {
  type              = "egress"
  security_group_id = aws_security_group.this.id
  from_port         = 0
  to_port           = 0
  protocol          = "-1"
  cidr_blocks       = ["0.0.0.0/0"]
}

output "id" {
  value = aws_security_group.this.id
}
