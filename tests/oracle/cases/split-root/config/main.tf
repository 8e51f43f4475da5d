# Everything of one product, grown over four years.
provider "aws" {
  region = var.aws_region
  default_tags {
    tags = { Product = "parcel", Stage = var.stage, Owner = "team-parcel" }
  }
}

variable "aws_region" {
  default = "eu-west-1"
}

variable "stage" {
  default = "prod"
}

variable "availability_zones" {
  type    = list(string)
  default = ["eu-west-1a", "eu-west-1b"]
}

variable "workers" {
  type    = list(string)
  default = ["label", "invoice", "notify"]
}

variable "db" {
  type = object({
    version = string
    size    = string
    storage = number
  })
  default = {
    version = "8.0.35"
    size    = "db.m6g.large"
    storage = 100
  }
}

locals {
  name = "parcel-${var.stage}"
}

data "aws_ami" "base" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["amzn2-ami-hvm-*-x86_64-gp2"]
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.12.0.0/16"
  tags       = { Name = local.name }
}

resource "aws_subnet" "app" {
  count             = length(var.availability_zones)
  vpc_id            = aws_vpc.main.id
  availability_zone = var.availability_zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource "aws_subnet" "data" {
  count             = length(var.availability_zones)
  vpc_id            = aws_vpc.main.id
  availability_zone = element(var.availability_zones, count.index)
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index + 100)
}

resource "aws_security_group" "app" {
  name        = "${local.name}-app"
  description = "Application"
  vpc_id      = aws_vpc.main.id

  ingress {
    from_port   = 8080
    to_port     = 8080
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.main.cidr_block]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "db" {
  name   = "${local.name}-db"
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group_rule" "db_from_app" {
  type                     = "ingress"
  security_group_id        = aws_security_group.db.id
  source_security_group_id = aws_security_group.app.id
  from_port                = 3306
  to_port                  = 3306
  protocol                 = "tcp"
}
