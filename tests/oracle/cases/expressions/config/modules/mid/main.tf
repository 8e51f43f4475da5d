variable "people" {
  type = map(object({ name = string, age = number, tags = map(string) }))
}
variable "flag" {}
variable "cidr" {}
module "leaf" {
  source   = "../leaf"
  for_each = { for k, p in var.people : k => p if p.age >= 30 || !var.flag }
  person   = each.value
  net      = cidrsubnet(var.cidr, 8, index(keys(var.people), each.key))
}
output "summary" {
  value = join(" ", [for k, l in module.leaf : "${k}:${l.text}"])
}
