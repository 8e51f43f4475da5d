variable "parent" {}
variable "name" {}

locals {
  fqdn = format("%s.%s", var.name, var.parent)
}

resource "aws_route53_zone" "this" {
  name    = local.fqdn
  comment = "zone ${upper(var.name)}"
}

resource "aws_route53_record" "mail" {
  zone_id = aws_route53_zone.this.zone_id
  name    = local.fqdn
  type    = "MX"
  ttl     = 3600
  records = ["10 mail.${local.fqdn}"]
}
