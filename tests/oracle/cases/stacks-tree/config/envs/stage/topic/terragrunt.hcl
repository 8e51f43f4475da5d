include "root" {
  path = find_in_parent_folders()
}

include "topic" {
  path = "${get_repo_root()}/_shared/topic.hcl"
}

inputs = {
  env = "stage"
}
