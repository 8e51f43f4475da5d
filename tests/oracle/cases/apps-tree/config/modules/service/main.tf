variable "name" {}
variable "vpc_id" {}
variable "subnet_ids" {
  type = list(string)
}
variable "ports" {
  type = list(number)
}
variable "buckets" {
  type = map(string)
}
variable "size" {
  type = number
}
variable "partition" {}

locals {
  has_ports = length(var.ports) > 0
}

resource "aws_security_group" "this" {
  count       = local.has_ports ? 1 : 0
  name        = var.name
  description = "Access to ${var.name}"
  vpc_id      = var.vpc_id
  dynamic "ingress" {
    for_each = var.ports
    iterator = port
    content {
      from_port   = port.value
      to_port     = port.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]
    }
  JSON
}

resource "aws_iam_role_policy" "bucket" {
  for_each = var.buckets
  name     = "bucket-${each.key}"
  role     = aws_iam_role.this.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "${each.value}/*" }]
  })
}

resource "aws_sqs_queue" "this" {
  name                       = var.name
  visibility_timeout_seconds = 30 * var.size
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = aws_sqs_queue.this.arn, Condition = { ArnLike = { "aws:SourceArn" = "arn:${var.partition}:s3:*:*:*" } } }]
  })
}

resource "aws_lb_target_group" "port" {
  for_each = { for p in var.ports : tostring(p) => p }
  name     = substr("${replace(var.name, "_", "-")}-${each.key}", 0, 32)
  port     = each.value
  protocol = each.value == 443 ? "HTTPS" : "HTTP"
  vpc_id   = var.vpc_id
}

output "role_arn" {
  value = aws_iam_role.this.arn
}
output "queue" {
  value = aws_sqs_queue.this.name
}
