include {
  path           = find_in_parent_folders()
  merge_strategy = "no_merge"
  expose         = true
}

locals {
  all  = yamldecode(file(find_in_parent_folders("defaults.yaml")))
  team = include.locals.account.locals.team
}

terraform {
  source = "${path_relative_from_include()}/modules/repo"
}

inputs = {
  repositories = local.all.repositories
  team         = local.team
}
