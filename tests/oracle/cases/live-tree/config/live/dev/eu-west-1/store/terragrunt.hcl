include "root" {
  path = find_in_parent_folders("root.hcl")
}

include "store" {
  path   = "${get_terragrunt_dir()}/../../../_env/store.hcl"
  expose = true
}
