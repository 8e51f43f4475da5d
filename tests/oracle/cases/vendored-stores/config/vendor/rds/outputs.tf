output "address" {
  value = try(aws_db_instance.this[0].address, "")
}
output "identifier" {
  value = try(aws_db_instance.this[0].identifier, null)
}
