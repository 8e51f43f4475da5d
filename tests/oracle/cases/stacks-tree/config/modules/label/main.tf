variable "parts" {
  type = list(string)
}

output "id" {
  value = join("-", compact(var.parts))
}
