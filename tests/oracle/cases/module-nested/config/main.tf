provider "aws" {
  region = "eu-west-1"
}

variable "regions" {
  type    = set(string)
  default = ["eu", "us"]
}

module "store" {
  source   = "./modules/store"
  for_each = var.regions
  name     = "mod-${each.key}"
  buckets  = ["raw", "clean"]
}

module "single" {
  source = "./modules/bucket"
  name   = "mod-single"
}

output "arns" {
  value = { for key, store in module.store : key => store.table_arn }
}
