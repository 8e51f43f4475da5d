variable "prefix" {
  type = string
}

variable "name" {
  type = string
}

output "id" {
  value = lower("${var.prefix}-${var.name}")
}
