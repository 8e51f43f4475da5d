project       = "shop"
environment   = "prod"
log_retention = 365

network = {
  cidr    = "10.20.0.0/16"
  azs     = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  newbits = 4
}

image_tags = {
  web = "2.14.0"
  api = "1.9.3"
}

services = {
  web = {
    cpu         = 512
    memory      = 1024
    count       = 3
    public      = { priority = 10, hosts = ["shop.example"] }
    autoscaling = { min = 3, max = 12 }
  }
  api = {
    cpu         = 1024
    memory      = 2048
    count       = 3
    secrets     = ["database-url", "stripe-key"]
    public      = { paths = ["/api/*", "/hooks/*"], health = { path = "/api/health" } }
    autoscaling = { max = 6 }
  }
  worker = {
    env     = { QUEUE = "jobs", CONCURRENCY = "8" }
    volumes = [{ name = "scratch", path = "/tmp/scratch" }]
  }
  cron = {
    enabled = false
  }
}
