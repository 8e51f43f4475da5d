output "vpc_id" {
  value = module.vpc.vpc_id
}

output "endpoint" {
  value = module.db.address
}
