locals {
  defaults = yamldecode(file("${dirname(find_in_parent_folders("account.hcl"))}/defaults.yaml"))
}

terraform {
  source = "${get_repo_root()}/modules//queue"
}

dependency "topic" {
  config_path  = "${get_terragrunt_dir()}/../topic"
  mock_outputs = { names = { mocked = "mocked" } }
}

inputs = {
  env      = basename(dirname(get_terragrunt_dir()))
  topics   = dependency.topic.outputs.names
  settings = local.defaults.queue
}
