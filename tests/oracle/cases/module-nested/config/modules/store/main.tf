variable "name" {
  type = string
}

variable "buckets" {
  type    = list(string)
  default = []
}

variable "read_capacity" {
  type    = number
  default = 5
}

module "bucket" {
  source   = "../bucket"
  for_each = toset(var.buckets)
  name     = "${var.name}-${each.value}"
}

resource "aws_dynamodb_table" "index" {
  name           = "${var.name}-index"
  hash_key       = "key"
  read_capacity  = var.read_capacity
  write_capacity = 5
  attribute {
    name = "key"
    type = "S"
  }
  lifecycle {
    prevent_destroy = true
  }
}

output "table_arn" {
  value = aws_dynamodb_table.index.arn
}
