variable "vpc_id" { type = string }
variable "subnet_id" { type = string }
variable "nat_id" { type = string }
variable "has_nat" { type = bool }
variable "gateway_id" { type = string }
variable "routes_to" { type = list(string) }

resource "aws_route_table" "this" {
  vpc_id = var.vpc_id
}

resource "aws_route_table_association" "this" {
  route_table_id = aws_route_table.this.id
  subnet_id      = var.subnet_id
}

resource "aws_route" "default" {
  count = var.has_nat ? 1 : 0

  route_table_id         = aws_route_table.this.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = var.nat_id
}

resource "aws_route" "hub" {
  for_each = toset(var.routes_to)

  route_table_id         = aws_route_table.this.id
  destination_cidr_block = each.value
  transit_gateway_id     = var.gateway_id
}

output "route_table_id" {
  value = aws_route_table.this.id
}
