variable "create" {
  type    = bool
  default = true
}
variable "identifier" { type = string }
variable "engine" { type = string }
variable "engine_version" { type = string }
variable "family" {
  type    = string
  default = null
}
variable "instance_class" { type = string }
variable "replica_class" {
  type    = string
  default = null
}
variable "allocated_storage" { type = number }
variable "storage_encrypted" {
  type    = bool
  default = true
}
variable "kms_key_id" {
  type    = string
  default = null
}
variable "db_name" {
  type    = string
  default = ""
}
variable "username" {
  type    = string
  default = "admin_user"
}
variable "snapshot_identifier" {
  type    = string
  default = null
}
variable "db_subnet_group_name" {
  type    = string
  default = null
}
variable "subnet_ids" {
  type    = list(string)
  default = []
}
variable "vpc_security_group_ids" {
  type    = list(string)
  default = []
}
variable "multi_az" {
  type    = bool
  default = false
}
variable "parameters" {
  type    = list(map(string))
  default = []
}
variable "replicas" {
  type    = number
  default = 0
}
variable "backup_retention_period" {
  type    = number
  default = 14
}
variable "deletion_protection" {
  type    = bool
  default = false
}
variable "timeouts" {
  type    = map(string)
  default = {}
}
