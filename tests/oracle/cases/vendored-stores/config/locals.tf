locals {
  prefix = join("-", compact([var.name, substr(var.environment, 0, 4)]))

  tags = merge(
    {
      Environment = var.environment
      ManagedBy   = "terraform"
    },
    var.tags,
  )

  azs = formatlist("${var.region}%s", var.zones)

  cache_defaults = {
    engine_version = "7.0"
    node_type      = "cache.r6g.large"
    nodes          = 1
    encrypted      = true
  }
  cache = merge(local.cache_defaults, var.cache)
}
