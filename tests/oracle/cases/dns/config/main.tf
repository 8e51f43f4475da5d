provider "aws" {
  region = "eu-west-1"
}

locals {
  zones = toset(["example.org", "example.net"])
  records = [
    { zone = "example.org", name = "www", type = "A", values = ["192.0.2.10"] },
    { zone = "example.org", name = "mail", type = "A", values = ["192.0.2.20"] },
    { zone = "example.net", name = "www", type = "CNAME", values = ["www.example.org"] },
  ]
}

resource "aws_route53_zone" "this" {
  for_each = local.zones
  name     = each.value
}

resource "aws_route53_record" "this" {
  for_each = { for r in local.records : "${r.name}.${r.zone}" => r }
  zone_id  = aws_route53_zone.this[each.value.zone].zone_id
  name     = each.key
  type     = each.value.type
  ttl      = 300
  records  = each.value.values
}

resource "aws_route53_record" "mx" {
  zone_id = aws_route53_zone.this["example.org"].zone_id
  name    = ""
  type    = "MX"
  ttl     = 3600
  records = ["10 mail.example.org"]
}
