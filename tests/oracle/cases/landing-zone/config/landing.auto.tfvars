organisation = {
  prefix = "acme"
  domain = "acme.internal"
}

spokes = {
  shared = {
    cidr  = "10.0.0.0/20"
    peers = ["live", "sandbox"]
  }
  live = {
    cidr  = "10.0.16.0/20"
    zones = ["a", "b", "c"]
  }
  sandbox = {
    cidr     = "10.0.32.0/20"
    internet = false
  }
}
