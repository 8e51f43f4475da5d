tables = {
  users = {
    hash_key = "id"
    ttl      = "expires"
  }
  orders = {
    hash_key  = "id"
    range_key = "at"
    indexes   = [{ name = "by-user", hash_key = "user" }]
  }
}
