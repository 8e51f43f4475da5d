variable "name" { type = string }
variable "image" { type = string }
variable "runtime" { type = string }
variable "handler" { type = string }
variable "memory" { type = number }
variable "timeout" { type = number }
variable "code" { type = object({ bucket = string, key = string }) }
variable "layers" { type = list(string) }
variable "environment" { type = map(string) }
variable "stream_arn" { type = string }
variable "streamed" { type = bool }

locals {
  packaged = var.image == null
}

resource "aws_iam_role" "this" {
  name = "${var.name}-role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 14
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  package_type  = local.packaged ? "Zip" : "Image"
  image_uri     = var.image
  s3_bucket     = local.packaged ? var.code.bucket : null
  s3_key        = local.packaged ? var.code.key : null
  runtime       = local.packaged ? var.runtime : null
  handler       = local.packaged ? var.handler : null
  layers        = var.layers
  memory_size   = var.memory
  timeout       = var.timeout
  publish       = true

  environment {
    variables = { for k, v in var.environment : k => v if v != "" }
  }

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_event_source_mapping" "stream" {
  count = var.streamed ? 1 : 0

  event_source_arn  = var.stream_arn
  function_name     = aws_lambda_alias.live.arn
  starting_position = "LATEST"
}

output "name" { value = aws_lambda_function.this.function_name }
output "arn" { value = aws_lambda_function.this.arn }
output "invoke_arn" { value = aws_lambda_alias.live.invoke_arn }
output "role_name" { value = aws_iam_role.this.name }
