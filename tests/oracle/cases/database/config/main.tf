provider "aws" {
  region = "eu-west-1"
}

variable "engine_version" {
  type    = string
  default = "16.3"
}

resource "aws_kms_key" "db" {
  description = "db"
}

resource "aws_db_parameter_group" "main" {
  name   = "orders-16"
  family = "postgres16"
  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }
}

resource "aws_db_instance" "orders" {
  identifier              = "orders"
  engine                  = "postgres"
  engine_version          = var.engine_version
  instance_class          = "db.t3.medium"
  allocated_storage       = 50
  db_name                 = "orders"
  username                = "app"
  password                = "not-a-real-one"
  storage_encrypted       = true
  kms_key_id              = aws_kms_key.db.arn
  parameter_group_name    = aws_db_parameter_group.main.name
  multi_az                = true
  backup_retention_period = 14
  deletion_protection     = true
  skip_final_snapshot     = true
}

resource "aws_ssm_parameter" "url" {
  name  = "/orders/url"
  type  = "String"
  value = "postgres://${aws_db_instance.orders.address}/orders"
}

resource "aws_cloudwatch_metric_alarm" "space" {
  alarm_name          = "orders-space"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 1
  metric_name         = "FreeStorageSpace"
  namespace           = "AWS/RDS"
  period              = 300
  statistic           = "Minimum"
  threshold           = 1000000000
  dimensions = {
    DBInstanceIdentifier = aws_db_instance.orders.identifier
  }
}
