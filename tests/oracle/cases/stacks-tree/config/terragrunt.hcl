locals {
  account = read_terragrunt_config(find_in_parent_folders("account.hcl"), { locals = { team = "nobody" } })
  org     = try(local.account.locals.org, "none")
}

inputs = {
  org    = local.org
  labels = { org = local.org, path = path_relative_to_include() }
}
