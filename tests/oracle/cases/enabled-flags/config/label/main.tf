variable "enabled" {
  type    = bool
  default = null
}

variable "parts" {
  type = list(string)
}

variable "delimiter" {
  type    = string
  default = "-"
}

locals {
  enabled = coalesce(var.enabled, true)
  id      = local.enabled ? join(var.delimiter, compact(var.parts)) : ""
}

output "context" {
  value = {
    enabled = local.enabled
    id      = lower(local.id)
    tags    = { Name = title(local.id) }
  }
}
