provider "aws" {
  region = "eu-west-1"
}

variable "instances" {
  type = map(object({
    type = string
    az   = string
    disk = optional(number, 10)
  }))
  default = {
    web-1 = { type = "t3.small", az = "eu-west-1a" }
    web-2 = { type = "t3.small", az = "eu-west-1b", disk = 50 }
  }
}

resource "aws_key_pair" "ops" {
  key_name   = "ops"
  public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQD3F6tyPEFEzV0LX3X8BsXdMsQz1x2cEikKDEY0aIj41qgxMCP/iteneqXSIFZBp5vizPvaoIR3Um9xK7PGoW8giupGn+EPuxIA4cDM4vzOqOkiMPhz5XK0whEjkVzTo4+S0puvDZuwIsdiW9mxhJc7tgBNL0cYlWSYVkz4G/fslNfRPW5mYAM49f4fhtxPb5ok4Q2Lg9dPKVHO/Bgeu5woMc7RY0p1ej6D4CKFE6lymSDJpW0YHX/wqE9+cfEauh7xZcG0q9t2ta6F6fmX0agvpFyZo8aFbXeUBr7osSCJNgvavWbM/06niWrOvYX2xwWdhXmXSrbX8ZbabVohBK41 ops"
}

resource "aws_vpc" "main" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "main" {
  for_each          = toset(distinct([for i in var.instances : i.az]))
  vpc_id            = aws_vpc.main.id
  availability_zone = each.value
  cidr_block        = cidrsubnet("10.1.0.0/16", 8, index(["eu-west-1a", "eu-west-1b", "eu-west-1c"], each.value))
}

resource "aws_instance" "web" {
  for_each                    = var.instances
  ami                         = "ami-12c6146b"
  instance_type               = each.value.type
  subnet_id                   = aws_subnet.main[each.value.az].id
  key_name                    = aws_key_pair.ops.key_name
  disable_api_termination     = true
  user_data_replace_on_change = false
  user_data                   = <<-EOT
    #!/bin/bash
    echo ${each.key} > /etc/motd
  EOT

  root_block_device {
    volume_size = 20
  }
}

resource "aws_ebs_volume" "data" {
  for_each          = var.instances
  availability_zone = each.value.az
  size              = each.value.disk
}

resource "aws_volume_attachment" "data" {
  for_each    = var.instances
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.data[each.key].id
  instance_id = aws_instance.web[each.key].id
}

resource "aws_eip" "web" {
  for_each = var.instances
  domain   = "vpc"
  instance = aws_instance.web[each.key].id
}
