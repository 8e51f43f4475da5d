variable "region" {
  default = "us-east-1"
}

variable "env" {
  default = "prod"
}

variable "cidr" {
  default = "10.8.0.0/16"
}

variable "azs" {
  default = "us-east-1a,us-east-1b,us-east-1c"
}

variable "web_count" {
  default = "3"
}

variable "disks_per_host" {
  default = 2
}

variable "disk_size" {
  default = "50"
}

variable "encrypt_disks" {
  default = true
}

variable "devices" {
  type    = list(string)
  default = ["/dev/sdf", "/dev/sdg"]
}

variable "web_ports" {
  type    = list(string)
  default = ["80-80", "443-443", "9000-9100"]
}

variable "public_ips" {
  default = false
}

variable "deployers" {
  type    = list(string)
  default = ["anna", "ben", "cleo"]
}

variable "create_bucket" {
  default = "1"
}

variable "domain" {
  default = "int.example.org"
}

variable "tags" {
  type    = map(string)
  default = { Team = "web" }
}

variable "amis" {
  type = map(string)
  default = {
    us-east-1 = "ami-03cf127a"
    us-west-2 = "ami-0123abcd"
  }
}

variable "sizes" {
  type    = map(string)
  default = { prod = "large", dev = "small" }
}

variable "instance_types" {
  type    = map(string)
  default = { large = "m5.large", small = "t3.small" }
}
