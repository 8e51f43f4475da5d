provider "aws" {
  region = "eu-north-1"
}

provider "aws" {
  alias  = "peer"
  region = "eu-west-1"
}

variable "base" {
  default = "10.40.0.0/16"
}

variable "tiers" {
  type = map(object({
    index  = number
    public = optional(bool, false)
    bits   = optional(number, 8)
  }))
  default = {
    edge = { index = 0, public = true }
    app  = { index = 1 }
    data = { index = 2 }
  }
}

variable "az_ids" {
  default = ["a", "b"]
}

variable "peers" {
  type    = list(object({ name = string, cidr = string, ports = list(number) }))
  default = [{ name = "office", cidr = "192.168.0.0/24", ports = [22, 443] }, { name = "vpn", cidr = "192.168.8.0/24", ports = [443] }]
}

variable "nat" {
  default = true
}

locals {
  zones = formatlist("eu-north-1%s", var.az_ids)
  grid = {
    for pair in setproduct(keys(var.tiers), local.zones) : "${pair[0]}-${substr(pair[1], -1, 1)}" => {
      tier = pair[0]
      zone = pair[1]
      cidr = cidrsubnet(var.base, var.tiers[pair[0]].bits, var.tiers[pair[0]].index * 16 + index(local.zones, pair[1]))
    }
  }
  public  = { for k, s in local.grid : k => s if var.tiers[s.tier].public }
  private = { for k, s in local.grid : k => s if !contains(keys(local.public), k) }
  ingress = flatten([for p in var.peers : [for port in p.ports : { key = "${p.name}:${port}", cidr = p.cidr, port = port }]])
}

resource "aws_vpc" "this" {
  cidr_block           = var.base
  enable_dns_hostnames = true
}

resource "aws_vpc_ipv4_cidr_block_association" "extra" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "100.64.0.0/16"
}

resource "aws_subnet" "grid" {
  for_each                = local.grid
  vpc_id                  = aws_vpc.this.id
  cidr_block              = each.value.cidr
  availability_zone       = each.value.zone
  map_public_ip_on_launch = var.tiers[each.value.tier].public
  tags                    = { Name = each.key }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_eip" "nat" {
  for_each = var.nat ? local.public : {}
  domain   = "vpc"
}

resource "aws_nat_gateway" "this" {
  for_each      = aws_eip.nat
  allocation_id = each.value.id
  subnet_id     = aws_subnet.grid[each.key].id
}

resource "aws_route_table" "tier" {
  for_each = var.tiers
  vpc_id   = aws_vpc.this.id
}

resource "aws_route" "out" {
  for_each               = { for k, t in var.tiers : k => t if t.public }
  route_table_id         = aws_route_table.tier[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "grid" {
  for_each       = local.grid
  subnet_id      = aws_subnet.grid[each.key].id
  route_table_id = aws_route_table.tier[each.value.tier].id
}

resource "aws_network_acl" "private" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for k in keys(local.private) : aws_subnet.grid[k].id]
}

resource "aws_network_acl_rule" "in" {
  for_each       = { for i, r in local.ingress : r.key => merge(r, { number = 100 + i }) }
  network_acl_id = aws_network_acl.private.id
  rule_number    = each.value.number
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = each.value.cidr
  from_port      = each.value.port
  to_port        = each.value.port
}

resource "aws_security_group" "peer" {
  count       = length(var.peers)
  name        = "peer-${var.peers[count.index].name}"
  description = "from ${var.peers[count.index].cidr}"
  vpc_id      = aws_vpc.this.id
  dynamic "ingress" {
    for_each = toset(var.peers[count.index].ports)
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = [var.peers[count.index].cidr]
    }
  }
}

resource "aws_vpc_security_group_ingress_rule" "tiers" {
  for_each          = { for k, s in local.private : k => s.cidr if s.tier == "data" }
  security_group_id = aws_security_group.peer[0].id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.eu-north-1.s3"
  route_table_ids = values(aws_route_table.tier)[*].id
}

resource "aws_vpc" "peer" {
  provider   = aws.peer
  cidr_block = cidrsubnet("10.0.0.0/8", 8, 200)
}

resource "aws_vpc_peering_connection" "this" {
  vpc_id      = aws_vpc.this.id
  peer_vpc_id = aws_vpc.peer.id
  peer_region = "eu-west-1"
}

resource "aws_vpc_dhcp_options" "this" {
  domain_name         = "corp.internal"
  domain_name_servers = ["AmazonProvidedDNS"]
}

resource "aws_vpc_dhcp_options_association" "this" {
  vpc_id          = aws_vpc.this.id
  dhcp_options_id = aws_vpc_dhcp_options.this.id
}

resource "aws_db_subnet_group" "data" {
  name       = "data"
  subnet_ids = [for k, s in aws_subnet.grid : s.id if startswith(k, "data")]
}
