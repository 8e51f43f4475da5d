variable "name" {}
variable "cidr" {}
variable "azs" {
  type = list(string)
}
variable "private_subnets" {
  type    = list(string)
  default = []
}
variable "public_subnets" {
  type    = list(string)
  default = []
}
variable "enable_nat" {
  type    = bool
  default = false
}
variable "single_nat" {
  type    = bool
  default = false
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "enable_dns_hostnames" {
  type    = bool
  default = true
}

locals {
  nat_count = var.enable_nat ? (var.single_nat ? 1 : length(var.azs)) : 0
}

resource "aws_vpc" "this" {
  count                = 1
  cidr_block           = var.cidr
  enable_dns_hostnames = var.enable_dns_hostnames
  tags                 = merge({ Name = format("%s", var.name) }, var.tags)
}

resource "aws_subnet" "private" {
  count             = length(var.private_subnets) > 0 ? length(var.private_subnets) : 0
  vpc_id            = aws_vpc.this[0].id
  cidr_block        = var.private_subnets[count.index]
  availability_zone = element(var.azs, count.index)
  tags              = merge({ Name = format("%s-private-%s", var.name, element(var.azs, count.index)) }, var.tags)
}

resource "aws_subnet" "public" {
  count                   = length(var.public_subnets)
  vpc_id                  = aws_vpc.this[0].id
  cidr_block              = element(concat(var.public_subnets, [""]), count.index)
  availability_zone       = element(var.azs, count.index)
  map_public_ip_on_launch = true
  tags                    = merge({ Name = "${var.name}-public-${count.index}" }, var.tags)
}

resource "aws_internet_gateway" "this" {
  count  = length(var.public_subnets) > 0 ? 1 : 0
  vpc_id = aws_vpc.this[0].id
}

resource "aws_eip" "nat" {
  count  = local.nat_count
  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  count         = local.nat_count
  allocation_id = element(aws_eip.nat[*].id, count.index)
  subnet_id     = element(aws_subnet.public[*].id, var.single_nat ? 0 : count.index)
  depends_on    = [aws_internet_gateway.this]
}

resource "aws_route_table" "private" {
  count  = length(var.private_subnets)
  vpc_id = aws_vpc.this[0].id
}

resource "aws_route" "private_nat" {
  count                  = var.enable_nat ? length(var.private_subnets) : 0
  route_table_id         = element(aws_route_table.private[*].id, count.index)
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_route_table_association" "private" {
  count          = length(var.private_subnets)
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = aws_route_table.private[count.index].id
}

output "vpc_id" {
  value = try(aws_vpc.this[0].id, null)
}
output "private_subnet_ids" {
  value = aws_subnet.private[*].id
}
output "private_cidrs" {
  value = aws_subnet.private[*].cidr_block
}
output "private_route_table_ids" {
  value = aws_route_table.private[*].id
}
