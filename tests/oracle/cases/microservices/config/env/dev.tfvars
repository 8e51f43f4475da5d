project     = "shop"
environment = "dev"
network     = { cidr = "10.10.0.0/16", azs = ["eu-west-1a", "eu-west-1b"] }
services = {
  web = {
    public = { priority = 10 }
  }
  api = {
    public = { paths = ["/api/*"] }
  }
}
