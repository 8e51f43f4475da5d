include {
  path = find_in_parent_folders("root.hcl")
}

terraform {
  source = "../../../../modules/bus"
}

inputs = {
  queues = { jobs = { fifo = false } }
}
