variable "name" { type = string }
variable "spec" { type = any }
variable "policy" { type = string }

locals {
  has_policy = length(jsondecode(var.policy).Statement) > 0
}

resource "aws_iam_role" "this" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "this" {
  count  = length(lookup(var.spec, "permissions", [])) > 0 ? 1 : 0
  name   = "tables"
  role   = aws_iam_role.this.id
  policy = var.policy
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = try(var.spec.log_days, 14)
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:${replace(var.spec.handler, ".", "-")}"
  memory_size   = var.spec.memory
  timeout       = var.spec.timeout

  dynamic "environment" {
    for_each = length(try(var.spec.environment, {})) > 0 ? [var.spec.environment] : []
    content {
      variables = environment.value
    }
  }

  depends_on = [aws_cloudwatch_log_group.this]
}

output "name" {
  value = aws_lambda_function.this.function_name
}

output "arn" {
  value = aws_lambda_function.this.arn
}
