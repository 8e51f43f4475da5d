stage = "prod"
size = { kind = "m5.large", min = 0, max = 6 }
