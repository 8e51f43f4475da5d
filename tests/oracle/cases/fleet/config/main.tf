provider "aws" {
  region = var.region
  default_tags {
    tags = { Stack = local.stack, Stage = var.stage }
  }
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "stage" {
  type = string
}

variable "image" {
  type    = string
  default = "ami-0a1b2c3d4e5f60718"
}

variable "size" {
  type    = object({ kind = string, min = number, max = number })
  default = { kind = "t3.small", min = 0, max = 2 }
}

variable "listeners" {
  type    = map(number)
  default = { http = 80, admin = 8080 }
}

variable "audit" {
  type    = bool
  default = false
}

data "aws_availability_zones" "here" {
  state = "available"
}

locals {
  stack   = "fleet"
  space   = terraform.workspace == "default" ? var.stage : terraform.workspace
  name    = "${local.stack}-${local.space}"
  zones   = slice(data.aws_availability_zones.here.names, 0, 2)
  release = substr(sha1(join("|", [var.image, var.size.kind])), 0, 6)
}

resource "terraform_data" "release" {
  input = local.release
  triggers_replace = {
    image = var.image
  }
}

resource "aws_vpc" "main" {
  cidr_block           = var.stage == "prod" ? "10.30.0.0/16" : "10.40.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "public" {
  count             = length(local.zones)
  vpc_id            = aws_vpc.main.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource "aws_security_group" "balancer" {
  name_prefix = "${local.name}-lb-"
  description = "balancer of ${local.name}"
  vpc_id      = aws_vpc.main.id

  dynamic "ingress" {
    for_each = var.listeners
    content {
      description = ingress.key
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = [for s in aws_subnet.public : s.cidr_block]
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb" "main" {
  name               = trimsuffix(substr(local.name, 0, 28), "-")
  internal           = true
  load_balancer_type = "application"
  security_groups    = [aws_security_group.balancer.id]
  subnets            = aws_subnet.public[*].id
}

resource "aws_lb_target_group" "app" {
  for_each    = var.listeners
  name        = "${local.space}-${each.key}"
  port        = each.value
  protocol    = "HTTP"
  vpc_id      = aws_vpc.main.id
  target_type = "instance"

  health_check {
    path = "/${each.key}/health"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "app" {
  for_each          = aws_lb_target_group.app
  load_balancer_arn = aws_lb.main.arn
  port              = each.value.port
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = each.value.arn
  }
}

resource "aws_iam_role" "node" {
  name = "${local.name}-node"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_instance_profile" "node" {
  name = aws_iam_role.node.name
  role = aws_iam_role.node.name
}

resource "aws_launch_template" "node" {
  name_prefix            = "${local.name}-"
  image_id               = var.image
  instance_type          = var.size.kind
  vpc_security_group_ids = [aws_security_group.balancer.id]
  user_data = base64encode(templatefile("${path.module}/boot.tftpl", {
    stage = var.stage
    ports = values(var.listeners)
  }))

  iam_instance_profile {
    name = aws_iam_instance_profile.node.name
  }

  dynamic "tag_specifications" {
    for_each = ["instance", "volume"]
    content {
      resource_type = tag_specifications.value
      tags          = { Name = local.name, Release = local.release }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_autoscaling_group" "node" {
  name                = "${local.name}-${terraform_data.release.output}"
  min_size            = var.size.min
  max_size            = var.size.max
  desired_capacity    = var.size.min
  vpc_zone_identifier = aws_subnet.public[*].id
  target_group_arns   = [for key in sort(keys(var.listeners)) : aws_lb_target_group.app[key].arn]

  launch_template {
    id      = aws_launch_template.node.id
    version = aws_launch_template.node.latest_version
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [desired_capacity]
  }
}

resource "aws_autoscaling_policy" "cpu" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.node.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = 60
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

resource "aws_ebs_volume" "cache" {
  count             = var.stage == "prod" ? 2 : 1
  availability_zone = local.zones[count.index]
  size              = 20
  encrypted         = true

  lifecycle {
    ignore_changes = [availability_zone, tags]
  }
}

resource "aws_s3_bucket" "audit" {
  count  = var.audit || var.stage == "prod" ? 1 : 0
  bucket = "${local.name}-audit"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "hosts" {
  for_each            = aws_lb_target_group.app
  alarm_name          = "${local.name}-${each.key}-hosts"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 2

  dimensions = {
    TargetGroup  = each.value.arn_suffix
    LoadBalancer = aws_lb.main.arn_suffix
  }

  lifecycle {
    replace_triggered_by = [terraform_data.release.id]
  }
}
