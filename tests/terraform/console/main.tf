variable "env" {
  default = "dev"
}
variable "sizes" {
  type = map(object({ size = optional(number, 20), multi = optional(bool), tags = optional(map(string), {}) }))
  default = {
    eu = { size = "30", multi = "true" }
    us = { tags = { a = 1, b = "two" } }
  }
}
variable "names" {
  type    = list(string)
  default = ["b", "a", "c", "a"]
}
variable "ports" {
  type    = set(number)
  default = [443, "80", 443]
}
variable "mixed" {
  type    = tuple([string, number])
  default = [1, "2"]
}
variable "absent" {
  type    = string
  default = null
}
variable "anything" {
  default = { list = [1, "a", true], text = "x", nothing = null }
}
locals {
  name   = "app-${var.env}"
  nested = { a = { b = [{ c = "deep" }, { c = "deeper" }] } }
  users  = [{ name = "ann", team = "red" }, { name = "bob", team = "blue" }, { name = "cy", team = "red" }]
  text   = <<-EOT
    first ${var.env}
      second

    third $${kept} %%{kept}
  EOT
  raw    = <<EOT
  raw "quoted" \n ${join(",", var.names)}
EOT
  rules = <<EOT
%{for n in var.names~}
  allow ${n};
%{endfor~}
%{if var.env == "dev"}open%{else}closed%{endif}
EOT
}
