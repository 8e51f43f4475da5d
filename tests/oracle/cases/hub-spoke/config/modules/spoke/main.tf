data "aws_region" "this" {}

locals {
  gateways = { none = [], single = slice(var.zones, 0, 1), per-zone = var.zones }[var.nat]
  private  = zipmap(var.zones, [for i, _ in var.zones : cidrsubnet(var.cidr, 4, i)])
  public   = zipmap(var.zones, [for i, _ in var.zones : cidrsubnet(cidrsubnet(var.cidr, 4, 15), 4, i)])
  attached = var.attach && !var.isolated
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "private" {
  for_each = local.private

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { Name = "${var.name}-private-${substr(each.key, -1, 1)}" }
}

resource "aws_subnet" "public" {
  for_each = { for zone in local.gateways : zone => local.public[zone] }

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = each.value
  map_public_ip_on_launch = true
  tags                    = { Name = "${var.name}-public-${substr(each.key, -1, 1)}" }
}

resource "aws_internet_gateway" "this" {
  count  = var.nat == "none" ? 0 : 1
  vpc_id = aws_vpc.this.id
}

resource "aws_eip" "nat" {
  for_each = toset(local.gateways)
  domain   = "vpc"
}

resource "aws_nat_gateway" "this" {
  for_each = toset(local.gateways)

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  depends_on = [aws_internet_gateway.this]
}

resource "aws_ec2_transit_gateway_vpc_attachment" "this" {
  count = local.attached ? 1 : 0

  transit_gateway_id                              = var.gateway_id
  vpc_id                                          = aws_vpc.this.id
  subnet_ids                                      = [for zone in var.zones : aws_subnet.private[zone].id]
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
}

module "routing" {
  source   = "./routing"
  for_each = local.private

  vpc_id     = aws_vpc.this.id
  subnet_id  = aws_subnet.private[each.key].id
  nat_id     = try(aws_nat_gateway.this[each.key].id, one(values(aws_nat_gateway.this)[*].id), null)
  has_nat    = length(local.gateways) > 0
  gateway_id = local.attached ? var.gateway_id : null
  routes_to  = local.attached ? var.routes_to : []

  depends_on = [aws_ec2_transit_gateway_vpc_attachment.this]
}

resource "aws_network_acl" "private" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = values(aws_subnet.private)[*].id

  dynamic "ingress" {
    for_each = concat([var.cidr], var.routes_to)
    content {
      rule_no    = 100 + ingress.key
      action     = "allow"
      protocol   = "-1"
      from_port  = 0
      to_port    = 0
      cidr_block = ingress.value
    }
  }

  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "Interface endpoints of ${var.name}"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "TLS"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [var.cidr]
  }

  dynamic "ingress" {
    for_each = var.office
    content {
      description = "office"
      from_port   = 443
      to_port     = 443
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}

resource "aws_vpc_endpoint" "this" {
  for_each = var.endpoints

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${data.aws_region.this.name}.${each.key}"
  vpc_endpoint_type   = each.value.type
  policy              = each.value.policy
  private_dns_enabled = each.value.type == "Interface" ? each.value.private_dns : null
  subnet_ids          = each.value.type == "Interface" ? values(aws_subnet.private)[*].id : null
  security_group_ids  = each.value.type == "Interface" ? [aws_security_group.endpoints.id] : null
  route_table_ids     = each.value.type == "Gateway" ? values(module.routing)[*].route_table_id : null
}

resource "aws_cloudwatch_log_group" "flow" {
  name              = "/vpc/${var.name}"
  retention_in_days = 60
}

resource "aws_iam_role" "flow" {
  name = "${var.name}-flow-${data.aws_region.this.name}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "vpc-flow-logs.amazonaws.com" } }]
  })
}

resource "aws_flow_log" "this" {
  vpc_id               = aws_vpc.this.id
  traffic_type         = "REJECT"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.flow.arn
  iam_role_arn         = aws_iam_role.flow.arn
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "cidr" {
  value = aws_vpc.this.cidr_block
}

output "private_route_table_ids" {
  value = [for zone in var.zones : module.routing[zone].route_table_id]
}
