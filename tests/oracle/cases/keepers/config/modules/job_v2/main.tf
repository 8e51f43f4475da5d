variable "name" {}
variable "size" {}
variable "after" {
  default = null
}
resource "terraform_data" "this" {
  count            = ceil(var.size / 10)
  input            = "${var.name}-${count.index}"
  triggers_replace = [var.name]
}
resource "terraform_data" "finished" {
  triggers_replace = terraform_data.this[*].id
}
resource "terraform_data" "note" {
  input = var.after
}
output "id" {
  value = terraform_data.finished.id
}
moved {
  from = terraform_data.done
  to   = terraform_data.finished
}
