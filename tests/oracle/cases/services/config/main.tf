provider "aws" {
  region = "eu-west-1"
}

locals {
  cluster = "svc"
  services = {
    api    = { port = 8080, replicas = 3, public = true }
    worker = { port = 9000, replicas = 1, public = false }
  }
  public = { for name, s in local.services : name => s if s.public }
}

resource "aws_vpc" "main" {
  cidr_block = "10.5.0.0/16"
}

resource "aws_subnet" "main" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 4, each.value)
  availability_zone = "eu-west-1${each.key}"
}

resource "aws_ecs_cluster" "main" {
  name = local.cluster
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_lb" "main" {
  name                       = "svc"
  internal                   = false
  load_balancer_type         = "application"
  subnets                    = [for s in aws_subnet.main : s.id]
  enable_deletion_protection = true
}

resource "aws_lb_target_group" "svc" {
  for_each    = local.public
  name        = "svc-${each.key}"
  port        = each.value.port
  protocol    = "HTTP"
  vpc_id      = aws_vpc.main.id
  target_type = "ip"
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.svc["api"].arn
  }
}

resource "aws_ecs_task_definition" "svc" {
  for_each                 = local.services
  family                   = "${local.cluster}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = each.key
    image        = "acme/${each.key}:1.0.0"
    essential    = true
    portMappings = [{ containerPort = each.value.port }]
  }])
}

resource "aws_ecs_service" "svc" {
  for_each        = local.services
  name            = each.key
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.svc[each.key].arn
  desired_count   = each.value.replicas
  launch_type     = "FARGATE"
  network_configuration {
    subnets = [for s in aws_subnet.main : s.id]
  }
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each            = local.services
  alarm_name          = "${each.key}-cpu"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  metric_name         = "CPUUtilization"
  namespace           = "AWS/ECS"
  period              = 60
  statistic           = "Average"
  threshold           = 80
}
