env = "prod"
admin_enabled = false
