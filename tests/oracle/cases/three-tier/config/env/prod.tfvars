environment   = "prod"
cidr          = "10.9.0.0/16"
zones         = ["a", "b"]
instance_type = "m5.large"
web_count     = 2
db = {
  engine_version = "15.4"
  class          = "db.r6g.large"
  encrypted      = true
}
