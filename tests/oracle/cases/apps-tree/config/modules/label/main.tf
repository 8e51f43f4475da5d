variable "parts" {
  type = list(string)
}
variable "delimiter" {
  default = "-"
}
locals {
  id = lower(join(var.delimiter, compact(var.parts)))
}
output "id" {
  value = local.id
}
