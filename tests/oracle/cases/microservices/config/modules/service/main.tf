variable "name" { type = string }
variable "prefix" { type = string }
variable "cluster_arn" { type = string }
variable "vpc_id" { type = string }
variable "subnet_ids" { type = list(string) }
variable "defaults" { type = object({ log_retention = number }) }

variable "service" {
  type = object({
    image   = string
    cpu     = number
    memory  = number
    count   = number
    port    = number
    env     = map(string)
    secrets = set(string)
    public = optional(object({
      paths    = list(string)
      hosts    = optional(list(string))
      priority = optional(number)
      health   = object({ path = string, matcher = string })
    }))
    autoscaling = optional(object({ min = number, max = number, cpu = number }))
    volumes     = list(object({ name = string, path = string }))
  })
}

locals {
  id = "${var.prefix}-${var.name}"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${local.id}"
  retention_in_days = var.defaults.log_retention
}

resource "aws_iam_role" "task" {
  name               = "${local.id}-task"
  assume_role_policy = <<EOT
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Action": "sts:AssumeRole",
      "Principal": { "Service": "ecs-tasks.amazonaws.com" },
      "Effect": "Allow"
    }
  ]
}
EOT
}

resource "aws_secretsmanager_secret" "this" {
  for_each                = var.service.secrets
  name                    = "${var.prefix}/${var.name}/${each.key}"
  recovery_window_in_days = 7
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.id
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.service.cpu
  memory                   = var.service.memory
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.task.arn

  container_definitions = templatefile("${path.module}/container.json.tftpl", {
    name      = var.name
    image     = var.service.image
    port      = var.service.port
    env       = var.service.env
    log_group = aws_cloudwatch_log_group.this.name
  })

  dynamic "volume" {
    for_each = var.service.volumes
    content {
      name = volume.value.name
    }
  }
}

resource "aws_lb_target_group" "this" {
  count = var.service.public == null ? 0 : 1

  name        = substr(local.id, 0, 32)
  port        = var.service.port
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = var.vpc_id

  health_check {
    path    = var.service.public.health.path
    matcher = var.service.public.health.matcher
  }
}

resource "aws_security_group" "this" {
  name   = local.id
  vpc_id = var.vpc_id
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster_arn
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = try(var.service.autoscaling.min, var.service.count)
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = var.subnet_ids
    security_groups = [aws_security_group.this.id]
  }

  dynamic "load_balancer" {
    for_each = aws_lb_target_group.this
    content {
      target_group_arn = load_balancer.value.arn
      container_name   = var.name
      container_port   = var.service.port
    }
  }

  lifecycle {
    ignore_changes = [desired_count]
  }
}

resource "aws_appautoscaling_target" "this" {
  count = var.service.autoscaling != null ? 1 : 0

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${element(split("/", var.cluster_arn), 1)}/${aws_ecs_service.this.name}"
  min_capacity       = var.service.autoscaling.min
  max_capacity       = var.service.autoscaling.max
}

output "arn" {
  value = aws_ecs_service.this.id
}

output "target_group_arn" {
  value = one(aws_lb_target_group.this[*].arn)
}
