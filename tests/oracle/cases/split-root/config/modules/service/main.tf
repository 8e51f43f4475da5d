variable "name" { type = string }
variable "subnets" { type = list(string) }
variable "vpc_id" { type = string }
variable "queues" { type = list(string) }

resource "aws_lb" "this" {
  name     = substr(var.name, 0, 32)
  internal = true
  subnets  = var.subnets
}

resource "aws_lb_target_group" "this" {
  for_each    = toset(["blue", "green"])
  name        = "${substr(md5(var.name), 0, 6)}-${each.key}"
  port        = 8080
  protocol    = "HTTP"
  vpc_id      = var.vpc_id
  target_type = "ip"
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["blue"].arn
  }
}

resource "aws_ecs_cluster" "this" {
  name = var.name
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  container_definitions = jsonencode([{
    name        = "app"
    image       = "parcel/tracking:2.3"
    essential   = true
    environment = [for i, q in var.queues : { name = "QUEUE_${i}", value = q }]
  }])
}

resource "aws_ecs_service" "this" {
  name            = "app"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = 2
  launch_type     = "FARGATE"
  network_configuration {
    subnets = var.subnets
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.this["blue"].arn
    container_name   = "app"
    container_port   = 8080
  }
}
