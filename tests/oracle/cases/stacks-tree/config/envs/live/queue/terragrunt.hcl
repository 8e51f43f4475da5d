include "root" {
  path = find_in_parent_folders()
}

include "queue" {
  path   = "${get_repo_root()}/_shared/queue.hcl"
  expose = true
}

inputs = {
  settings = merge(include.queue.locals.defaults.queue, { fifo = true })
}
