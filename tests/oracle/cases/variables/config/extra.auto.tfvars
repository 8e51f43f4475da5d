suffix = "one"
