variable "name" { type = string }
variable "region" { type = string }
variable "cidr" { type = string }
variable "zones" { type = list(string) }
variable "internet" { type = bool }

locals {
  bits = ceil(log(length(var.zones) * 2, 2))
  subnets = {
    for pair in setproduct(["public", "private"], var.zones) : join("-", pair) => {
      kind = pair[0]
      zone = pair[1]
      cidr = cidrsubnet(var.cidr, local.bits, index(["public", "private"], pair[0]) * length(var.zones) + index(var.zones, pair[1]))
    } if var.internet || pair[0] == "private"
  }
}

resource "aws_vpc" "this" {
  cidr_block = var.cidr
  tags       = { Name = var.name }
}

resource "aws_subnet" "this" {
  for_each = local.subnets

  vpc_id                  = aws_vpc.this.id
  availability_zone       = "${var.region}${each.value.zone}"
  cidr_block              = each.value.cidr
  map_public_ip_on_launch = each.value.kind == "public"
  tags                    = { Name = "${var.name}-${each.key}" }
}

resource "aws_internet_gateway" "this" {
  count  = var.internet ? 1 : 0
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table" "this" {
  for_each = toset(values(local.subnets)[*].kind)
  vpc_id   = aws_vpc.this.id

  dynamic "route" {
    for_each = each.key == "public" ? aws_internet_gateway.this[*].id : []
    content {
      cidr_block = "0.0.0.0/0"
      gateway_id = route.value
    }
  }
}

resource "aws_route_table_association" "this" {
  for_each       = local.subnets
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this[each.value.kind].id
}

output "vpc_id" {
  value = aws_vpc.this.id
}
