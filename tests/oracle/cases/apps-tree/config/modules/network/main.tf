variable "name" {}
variable "cidr" {}
variable "zones" {
  type = set(string)
}
data "aws_region" "here" {}
resource "aws_vpc" "this" {
  cidr_block = var.cidr
  tags       = { Name = var.name }
}
resource "aws_subnet" "this" {
  for_each          = var.zones
  vpc_id            = aws_vpc.this.id
  availability_zone = "${data.aws_region.here.name}${each.key}"
  cidr_block        = cidrsubnet(var.cidr, 8, index(sort(tolist(var.zones)), each.key))
  tags              = { Name = "${var.name}-${each.key}" }
}
output "subnets" {
  value = { for zone, s in aws_subnet.this : zone => s.id }
}
output "vpc_id" {
  value = aws_vpc.this.id
}
