variable "name" { type = string }
variable "priority" { type = number }
variable "dead" { type = string }

resource "aws_sqs_queue" "jobs" {
  name                       = var.name
  visibility_timeout_seconds = 60 * (var.priority + 1)
  redrive_policy             = jsonencode({ deadLetterTargetArn = var.dead, maxReceiveCount = 5 })
}

resource "aws_dynamodb_table" "state" {
  name         = "${var.name}-state"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

output "queue_url" { value = aws_sqs_queue.jobs.url }
