variable "names" {
  type = list(string)
}

variable "org" {
  type = string
}

variable "env" {
  type = string
}

variable "labels" {
  type    = map(string)
  default = {}
}

module "label" {
  source   = "../label"
  for_each = toset(var.names)
  parts    = [var.org, var.env, each.value]
}

resource "aws_sns_topic" "this" {
  for_each = toset(var.names)
  name     = module.label[each.value].id
  tags     = var.labels
}

output "names" {
  value = { for k, t in aws_sns_topic.this : k => t.name }
}

output "arns" {
  value = { for k, t in aws_sns_topic.this : k => t.arn }
}
