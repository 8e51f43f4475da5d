include "root" {
  path = find_in_parent_folders()
}

include "topic" {
  path           = "../../../_shared/topic.hcl"
  merge_strategy = "deep"
}

inputs = {
  env   = "live"
  names = ["audit"]
}
