provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  functions = {
    ingest = { memory = 256, timeout = 30 }
    report = { memory = 512, timeout = 300 }
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "fn" {
  for_each           = local.functions
  name               = "fn-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_policy" "logs" {
  name        = "fn-logs"
  description = "write logs"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  for_each   = aws_iam_role.fn
  role       = each.value.name
  policy_arn = aws_iam_policy.logs.arn
}

resource "aws_cloudwatch_log_group" "fn" {
  for_each          = toset(keys(local.functions))
  name              = "/aws/lambda/fn-${each.key}"
  retention_in_days = 14
}

resource "aws_lambda_function" "fn" {
  for_each      = local.functions
  function_name = "fn-${each.key}"
  role          = aws_iam_role.fn[each.key].arn
  handler       = "main.handler"
  runtime       = "python3.12"
  filename      = "${path.module}/code.zip"
  memory_size   = each.value.memory
  timeout       = each.value.timeout
  environment {
    variables = {
      LOG_GROUP = aws_cloudwatch_log_group.fn[each.key].name
    }
  }
}

resource "aws_iam_user" "ci" {
  name = "ci"
  path = "/machines/"
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
}
