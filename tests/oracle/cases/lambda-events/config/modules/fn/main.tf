variable "name" {}
variable "package" {}
variable "runtime" {}
variable "memory" {}
variable "queue_arn" {}
variable "environment" {
  type = map(string)
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

data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
    resources = [var.queue_arn]
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_policy" "queue" {
  name   = "${var.name}-queue"
  policy = data.aws_iam_policy_document.queue.json
}

resource "aws_iam_role_policy_attachment" "queue" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.queue.arn
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 14
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  role             = aws_iam_role.this.arn
  runtime          = var.runtime
  handler          = "index.handler"
  memory_size      = var.memory
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  environment {
    variables = var.environment
  }
  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_lambda_permission" "events" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  principal     = "events.amazonaws.com"
}

output "arn" {
  value = aws_lambda_function.this.arn
}
output "name" {
  value = aws_lambda_function.this.function_name
}
