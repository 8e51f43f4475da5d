variable "release" {
  type    = string
  default = "2024.1"
}

variable "workers" {
  type    = number
  default = 2
}

variable "settings" {
  type = any
  default = {
    queue = { size = 10, tags = ["a", "b"] }
    cache = { size = 20 }
  }
}

locals {
  names = [for i in range(var.workers) : format("worker-%02d", i)]
  all   = { for n in local.names : n => { release = var.release, odd = tonumber(regex("\\d+$", n)) % 2 == 1 } }
  flat  = flatten([for k, v in var.settings : [for t in try(v.tags, []) : { key = "${k}/${t}", size = v.size }]])
}

resource "terraform_data" "release" {
  input = var.release
}

resource "terraform_data" "migrate" {
  triggers_replace = [var.release]
  provisioner "local-exec" {
    command = "true"
  }
}

resource "terraform_data" "worker" {
  for_each         = local.all
  input            = each.value
  triggers_replace = { release = terraform_data.release.output }
  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "restart" {
  count = var.workers > 0 ? 1 : 0
  input = "static"
  lifecycle {
    replace_triggered_by = [terraform_data.migrate]
  }
}

resource "terraform_data" "flat" {
  for_each = { for f in local.flat : f.key => f }
  input    = each.value.size
}

resource "terraform_data" "keeper" {
  triggers_replace = {
    names = join(",", local.names)
    hash  = sha1(jsonencode(var.settings.cache))
  }
  lifecycle {
    ignore_changes = [input]
  }
  input = timestamp()
}

module "job" {
  source   = "./modules/job"
  for_each = { for k, v in var.settings : k => v.size if v.size >= 10 }
  name     = each.key
  size     = each.value
  after    = terraform_data.migrate.id
}

resource "terraform_data" "summary" {
  input = { for k, m in module.job : k => m.id }
}

output "ids" {
  value = [for m in module.job : m.id]
}
