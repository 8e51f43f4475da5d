variable "environment" {}
variable "cidr" {}
variable "zones" {
  type = list(string)
}
variable "instance_type" {
  default = "t3.small"
}
variable "web_count" {
  type    = number
  default = 1
}
variable "project" {
  default = "shop"
}
variable "image" {
  default = "ami-12c6146b"
}
variable "db" {
  type = object({
    engine_version = optional(string, "15.4")
    class          = optional(string, "db.t3.medium")
    encrypted      = optional(bool, false)
    snapshot       = optional(string)
  })
  default = null
}
