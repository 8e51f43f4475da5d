provider "aws" {
  region = "us-east-1"
}

variable "domains" {
  type    = list(string)
  default = ["www", "api"]
}
variable "replicas" {
  default = 2
}
variable "alarm_metrics" {
  type = map(map(number))
  default = {
    CPUUtilization = { high = 80, low = 10 }
    FreeableMemory = { low = 100 }
  }
}

data "aws_region" "current" {}
data "aws_availability_zones" "az" {}

locals {
  is_primary = data.aws_region.current.name == "us-east-1"
  zones      = [for i in range(2) : data.aws_availability_zones.az.names[i]]
  alarms = merge([
    for metric, levels in var.alarm_metrics : {
      for level, value in levels : "${lower(metric)}-${level}" => { metric = metric, level = level, value = value }
    }
  ]...)
  pairs = { for p in setproduct(["read", "write"], var.domains) : "${p[1]}-${p[0]}" => { access = p[0], domain = p[1] } }
  by_access = { for k, v in local.pairs : v.access => v.domain... }
}

resource "aws_route53_zone" "main" {
  name = "example.com"
}

resource "aws_acm_certificate" "main" {
  domain_name               = "example.com"
  subject_alternative_names = [for d in var.domains : "${d}.example.com"]
  validation_method         = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    for dvo in aws_acm_certificate.main.domain_validation_options : dvo.domain_name => {
      name   = dvo.resource_record_name
      record = dvo.resource_record_value
      type   = dvo.resource_record_type
    }
  }
  allow_overwrite = true
  zone_id         = aws_route53_zone.main.zone_id
  name            = each.value.name
  type            = each.value.type
  records         = [each.value.record]
  ttl             = 60
}

resource "aws_vpc" "main" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "db" {
  count             = length(local.zones)
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnets("10.9.0.0/16", 8, 8)[count.index]
  availability_zone = local.zones[count.index]
}

resource "aws_db_subnet_group" "main" {
  name       = "aurora"
  subnet_ids = aws_subnet.db.*.id
}

resource "aws_rds_cluster" "main" {
  cluster_identifier   = "aurora"
  engine               = "aurora-postgresql"
  engine_version       = "15.4"
  database_name        = "app"
  master_username      = "app"
  master_password      = "not-a-secret-1"
  db_subnet_group_name = aws_db_subnet_group.main.name
  skip_final_snapshot  = true
  storage_encrypted    = true
}

resource "aws_rds_cluster_parameter_group" "main" {
  name   = "aurora-pg"
  family = "aurora-postgresql15"
  dynamic "parameter" {
    for_each = { "log_statement" = "ddl", "log_min_duration_statement" = "500" }
    content {
      name  = parameter.key
      value = parameter.value
    }
  }
}

resource "aws_elasticache_subnet_group" "main" {
  name       = "cache"
  subnet_ids = aws_subnet.db[*].id
}

resource "aws_efs_file_system" "main" {
  creation_token = "shared"
  encrypted      = true
}

resource "aws_efs_mount_target" "main" {
  count          = length(aws_subnet.db)
  file_system_id = aws_efs_file_system.main.id
  subnet_id      = aws_subnet.db[count.index].id
}

resource "aws_cloudwatch_metric_alarm" "db" {
  for_each            = local.alarms
  alarm_name          = each.key
  comparison_operator = each.value.level == "high" ? "GreaterThanThreshold" : "LessThanThreshold"
  evaluation_periods  = 2
  metric_name         = each.value.metric
  namespace           = "AWS/RDS"
  period              = 60
  statistic           = "Average"
  threshold           = each.value.value
  dimensions          = { DBClusterIdentifier = aws_rds_cluster.main.cluster_identifier }
}

resource "aws_sns_topic" "primary" {
  count = local.is_primary ? 1 : 0
  name  = "primary"
}

resource "aws_iam_group" "access" {
  for_each = local.by_access
  name     = "${each.key}-${join("-", sort(each.value))}"
}

resource "aws_iam_group" "pair" {
  for_each = local.pairs
  name     = "pair-${each.value.access}-${each.value.domain}"
}

resource "aws_cognito_user_pool" "main" {
  name = "users"
  schema {
    name                = "tenant"
    attribute_data_type = "String"
    string_attribute_constraints {
      min_length = 1
      max_length = 64
    }
  }
  password_policy {
    minimum_length = 12
  }
}

resource "aws_cognito_user_pool_client" "app" {
  for_each     = toset(var.domains)
  name         = each.value
  user_pool_id = aws_cognito_user_pool.main.id
}

resource "aws_apigatewayv2_api" "main" {
  name          = "api"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "main" {
  api_id             = aws_apigatewayv2_api.main.id
  integration_type   = "HTTP_PROXY"
  integration_uri    = "https://example.com/{proxy}"
  integration_method = "ANY"
}

resource "aws_apigatewayv2_route" "main" {
  for_each  = toset(["GET /a", "POST /a", "GET /b"])
  api_id    = aws_apigatewayv2_api.main.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.main.id}"
}

resource "aws_secretsmanager_secret" "db" {
  name_prefix = "db-"
}

resource "aws_kms_key" "multi" {
  description = "multi"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:*", Resource = "*" }]
  })
}
