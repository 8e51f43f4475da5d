name = "acme-vars"
tables = {
  users  = { hash = "id" }
  orders = { hash = "number", stream = true }
}
