terraform {
  required_version = "~> 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = var.region
}

data "aws_caller_identity" "current" {}

locals {
  full_name = join("-", compact([var.project, var.environment, var.suffix]))

  services = {
    for name, service in var.services : name => merge(service, {
      image = coalesce(service.image, "${var.registry}/${name}:${lookup(var.image_tags, name, "latest")}")
    }) if service.enabled
  }

  public = { for name, s in local.services : name => s if s.public != null }

  # listener rules need priorities that do not move when a service is added
  priorities = { for name, s in local.public : name => coalesce(s.public.priority, 100 + index(sort(keys(local.public)), name)) }
}

resource "aws_vpc" "this" {
  cidr_block = var.network.cidr
}

resource "aws_subnet" "this" {
  for_each          = { for i, az in var.network.azs : az => cidrsubnet(var.network.cidr, var.network.newbits, i) }
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_security_group" "alb" {
  name_prefix = "${local.full_name}-alb-"
  vpc_id      = aws_vpc.this.id

  dynamic "ingress" {
    for_each = toset([80, 443])
    iterator = port
    content {
      from_port   = port.value
      to_port     = port.value
      protocol    = "tcp"
      cidr_blocks = var.allowed_cidrs
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb" "this" {
  name                       = substr(local.full_name, 0, 32)
  internal                   = var.internal
  subnets                    = values(aws_subnet.this)[*].id
  security_groups            = [aws_security_group.alb.id]
  enable_deletion_protection = var.environment == "prod" ? true : false
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "service" {
  for_each     = local.public
  listener_arn = aws_lb_listener.http.arn
  priority     = local.priorities[each.key]

  action {
    type             = "forward"
    target_group_arn = module.service[each.key].target_group_arn
  }

  dynamic "condition" {
    for_each = each.value.public.hosts != null ? [each.value.public.hosts] : []
    content {
      host_header {
        values = condition.value
      }
    }
  }

  condition {
    path_pattern {
      values = each.value.public.paths
    }
  }
}

resource "aws_ecs_cluster" "this" {
  name = local.full_name

  setting {
    name  = "containerInsights"
    value = var.insights ? "enabled" : "disabled"
  }
}

module "service" {
  source   = "./modules/service"
  for_each = local.services

  name        = each.key
  prefix      = local.full_name
  cluster_arn = aws_ecs_cluster.this.arn
  vpc_id      = aws_vpc.this.id
  subnet_ids  = [for s in aws_subnet.this : s.id]
  service     = each.value
  defaults    = { log_retention = var.log_retention }
}

output "services" {
  value = { for name, s in module.service : name => s.arn }
}
