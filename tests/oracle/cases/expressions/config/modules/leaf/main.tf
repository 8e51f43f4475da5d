variable "person" {
  type = object({ name = string, age = number, tags = optional(map(string)) })
}
variable "net" {}
resource "terraform_data" "this" {
  triggers_replace = [var.person.name, var.net]
  input            = var.person
}
resource "terraform_data" "tag" {
  for_each = var.person.tags
  input    = "${each.key}=${each.value}"
}
output "text" {
  value = format("%s(%d)@%s", var.person.name, var.person.age, var.net)
}
