terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.remote]
    }
  }
}

variable "zones" {
  type = map(object({
    domain  = string
    private = optional(bool, false)
    comment = optional(string, "Managed")
  }))
}
variable "vpcs" { type = map(string) }
variable "remote" { type = map(string) }
variable "records" { type = list(map(string)) }

locals {
  private = [for k, z in var.zones : k if z.private]
  first   = sort(keys(var.vpcs))[0]
}

resource "aws_route53_zone" "this" {
  for_each = var.zones

  name    = each.value.domain
  comment = each.value.comment

  dynamic "vpc" {
    for_each = each.value.private ? [var.vpcs[local.first]] : []
    content {
      vpc_id = vpc.value
    }
  }

  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_zone_association" "this" {
  for_each = { for pair in setproduct(local.private, setsubtract(keys(var.vpcs), [local.first])) : join("/", pair) => { zone = pair[0], vpc = pair[1] } }

  zone_id = aws_route53_zone.this[each.value.zone].zone_id
  vpc_id  = var.vpcs[each.value.vpc]
}

resource "aws_route53_zone_association" "remote" {
  for_each = { for pair in setproduct(local.private, keys(var.remote)) : "${pair[0]}/${pair[1]}" => pair }
  provider = aws.remote

  zone_id    = aws_route53_zone.this[each.value[0]].zone_id
  vpc_id     = var.remote[each.value[1]]
  vpc_region = "us-east-1"
}

resource "aws_route53_record" "this" {
  for_each = { for r in var.records : "${r.zone}/${r.name}/${r.type}" => r }

  zone_id = aws_route53_zone.this[each.value.zone].zone_id
  name    = join(".", [each.value.name, aws_route53_zone.this[each.value.zone].name])
  type    = each.value.type
  ttl     = tonumber(each.value.ttl)
  records = each.value.type == "MX" ? split("|", each.value.values) : split(" ", each.value.values)
}

resource "aws_route53_health_check" "www" {
  fqdn              = "www.${var.zones["public"].domain}"
  type              = "HTTPS"
  port              = 443
  failure_threshold = 3
}
