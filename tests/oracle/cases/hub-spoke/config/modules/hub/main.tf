variable "label" { type = string }
variable "asn" { type = number }
variable "office" { type = list(string) }

resource "aws_ec2_transit_gateway" "this" {
  description                     = "Hub of ${var.label}"
  amazon_side_asn                 = var.asn
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
  tags                            = { Name = var.label }
}

resource "aws_customer_gateway" "office" {
  for_each = { for i, cidr in var.office : format("office-%02d", i + 1) => cidrhost(cidr, 0) }

  bgp_asn    = 65010
  ip_address = each.value
  type       = "ipsec.1"
  tags       = { Name = "${var.label}-${each.key}" }
}

resource "aws_vpn_connection" "office" {
  for_each = aws_customer_gateway.office

  customer_gateway_id = each.value.id
  transit_gateway_id  = aws_ec2_transit_gateway.this.id
  type                = each.value.type
  static_routes_only  = true
  tags                = { Name = each.value.tags.Name }
}

resource "aws_ec2_managed_prefix_list" "office" {
  name           = "${var.label}-office"
  address_family = "IPv4"
  max_entries    = max(5, length(var.office))

  dynamic "entry" {
    for_each = var.office
    content {
      cidr        = entry.value
      description = "office ${entry.key}"
    }
  }
}

resource "aws_ram_resource_share" "this" {
  name                      = "${var.label}-hub"
  allow_external_principals = false
}

resource "aws_ram_resource_association" "gateway" {
  resource_arn       = aws_ec2_transit_gateway.this.arn
  resource_share_arn = aws_ram_resource_share.this.arn
}

output "gateway_id" {
  value = aws_ec2_transit_gateway.this.id
}
