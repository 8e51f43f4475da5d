locals {
  env      = read_terragrunt_config(find_in_parent_folders("env.hcl"))
  base     = "${dirname(find_in_parent_folders("root.hcl"))}/../modules"
  defaults = ["orders", "customers"]
}

terraform {
  source = "${local.base}//store"
}

inputs = {
  tables     = local.defaults
  key        = "id"
  encrypted  = true
  expiration = local.env.locals.protected ? 0 : 30
}
