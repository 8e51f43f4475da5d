include "root" {
  path = find_in_parent_folders()
}

include "queue" {
  path           = "${get_repo_root()}/_shared/queue.hcl"
  merge_strategy = "deep"
}

inputs = {
  settings = { zones = ["c"] }
}
