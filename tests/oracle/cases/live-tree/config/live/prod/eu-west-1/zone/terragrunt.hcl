include "root" {
  path = find_in_parent_folders("root.hcl")
}

terraform {
  source = "${dirname(find_in_parent_folders("root.hcl"))}/..//modules/zone"
}

dependency "bus" {
  config_path = "../bus"
  mock_outputs = {
    queue_names = ["mock"]
  }
}

inputs = {
  domain  = "acme.example"
  records = dependency.bus.outputs.queue_names
}
