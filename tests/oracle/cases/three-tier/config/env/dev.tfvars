environment   = "dev"
cidr          = "10.8.0.0/16"
zones         = ["a"]
instance_type = "t3.micro"
web_count     = 1
