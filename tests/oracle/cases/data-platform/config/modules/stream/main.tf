variable "name" { type = string }
variable "shards" { type = number }
variable "hours" { type = number }
variable "bucket" { type = string }
variable "key_id" { type = string }
variable "role" { type = string }

resource "aws_kinesis_stream" "this" {
  name             = var.name
  shard_count      = var.shards
  retention_period = var.hours
  encryption_type  = var.key_id == null ? "NONE" : "KMS"
  kms_key_id       = var.key_id

  stream_mode_details {
    stream_mode = var.shards == null ? "ON_DEMAND" : "PROVISIONED"
  }
}

resource "aws_kinesis_firehose_delivery_stream" "this" {
  name        = "${var.name}-to-s3"
  destination = "extended_s3"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.this.arn
    role_arn           = var.role
  }

  extended_s3_configuration {
    role_arn   = var.role
    bucket_arn = var.bucket
    prefix     = "${var.name}/!{timestamp:yyyy/MM/dd}/"
  }
}
