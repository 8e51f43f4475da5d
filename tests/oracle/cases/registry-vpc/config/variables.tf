variable "region" {
  default = "us-east-1"
}
variable "project" {
  type    = string
  default = "shop"
}
variable "stage" {
  type    = string
  default = "dev"
}
variable "cidr" {
  default = "10.20.0.0/16"
}
variable "extra_tags" {
  type    = map(string)
  default = {}
}
