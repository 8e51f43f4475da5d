cluster = {
  name    = "platform"
  version = "1.29"
}

node_group_defaults = {
  instance_types = ["m6i.large"]
  disk_size      = 50
  min_size       = 1
  max_size       = 4
}

node_groups = {
  system = {
    min_size = 2
    labels   = { role = "system" }
    taints   = [{ key = "CriticalAddonsOnly", effect = "NO_SCHEDULE" }]
  }
  general = {
    instance_types = ["m6i.xlarge", "m5.xlarge"]
    capacity_type  = "SPOT"
    max_size       = 20
  }
  memory = {
    instance_types = ["r6i.2xlarge"]
    template       = true
  }
}

addons = {
  vpc-cni    = { version = "v1.16.0-eksbuild.1", irsa = "cni" }
  coredns    = {}
  kube-proxy = {}
}

access = {
  admins  = { arn = "arn:aws:iam::123456789012:role/admins", policy = "AmazonEKSClusterAdminPolicy" }
  viewers = { arn = "arn:aws:iam::123456789012:role/viewers", policy = "AmazonEKSViewPolicy", namespaces = ["shop"] }
}
