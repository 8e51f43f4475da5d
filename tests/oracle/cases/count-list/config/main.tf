provider "aws" {
  region = "eu-west-1"
}

variable "buckets" {
  type    = list(string)
  default = ["alpha", "beta", "gamma", "delta"]
}

variable "create_queue" {
  type    = bool
  default = true
}

resource "aws_s3_bucket" "this" {
  count  = length(var.buckets)
  bucket = "acme-count-${var.buckets[count.index]}"
}

resource "aws_s3_bucket_ownership_controls" "this" {
  count  = length(var.buckets)
  bucket = aws_s3_bucket.this[count.index].id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_sqs_queue" "events" {
  count = var.create_queue ? 1 : 0
  name  = "acme-count-events"
}

resource "aws_sns_topic" "alerts" {
  name = "acme-count-alerts"
}

resource "aws_sns_topic_subscription" "events" {
  count     = var.create_queue ? 1 : 0
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.events[0].arn
}
