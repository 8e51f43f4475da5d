include "root" {
  path           = find_in_parent_folders("root.hcl")
  merge_strategy = "deep"
}

terraform {
  source = "${get_repo_root()}/modules/bus"
}

locals {
  kinds = ["jobs", "mails"]
}

inputs = {
  queues = { for k in local.kinds : k => { fifo = k == "jobs" } }
  tags = {
    team = "integration"
  }
}
