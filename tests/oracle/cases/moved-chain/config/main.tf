provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "a" {
  name = "chain-a"
}

resource "aws_sqs_queue" "b" {
  name = "chain-b"
}

resource "aws_sns_topic" "t" {
  count = 2
  name  = "chain-t-${count.index}"
}

module "queues" {
  source = "./queues"
  count  = 2
  name   = "chain-${count.index}"
}

moved {
  from = aws_sqs_queue.first
  to   = aws_sqs_queue.a
}
