locals {
  prefix   = var.organisation.prefix
  files    = fileset("${path.module}/accounts", "*.yaml")
  accounts = { for f in local.files : trimsuffix(basename(f), ".yaml") => yamldecode(file("${path.module}/accounts/${f}")) }

  # account/role -> what it may do
  roles = merge([
    for name, account in local.accounts : {
      for role, actions in account.roles : "${name}/${role}" => {
        account = name
        role    = role
        actions = actions
      }
    }
  ]...)

  peerings = merge([
    for name, spoke in var.spokes : { for peer in spoke.peers : "${name}->${peer}" => { from = name, to = peer } }
  ]...)
}

module "trail" {
  source = "./modules/trail"

  prefix    = local.prefix
  retention = var.organisation.retention.trail

  providers = {
    aws          = aws.audit
    aws.replica  = aws.audit_dr
  }
}

module "spoke" {
  source   = "./modules/network"
  for_each = var.spokes

  name     = "${local.prefix}-${each.key}"
  region   = var.home_region
  cidr     = each.value.cidr
  zones    = each.value.zones
  internet = each.value.internet

  providers = {
    aws = aws.network
  }
}

module "baseline" {
  source   = "./modules/baseline"
  for_each = local.accounts

  name       = each.key
  prefix     = local.prefix
  unit       = each.value.unit
  vpc_id     = module.spoke[each.value.spoke].vpc_id
  guardrails = each.value.guardrails
  domain     = var.organisation.domain
}

resource "aws_vpc_peering_connection" "this" {
  for_each = local.peerings
  provider = aws.network

  vpc_id      = module.spoke[each.value.from].vpc_id
  peer_vpc_id = module.spoke[each.value.to].vpc_id
  auto_accept = true
}

resource "aws_iam_role" "account" {
  for_each = local.roles

  name = replace(each.key, "/", "-")
  path = "/${local.accounts[each.value.account].unit}/"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
}

resource "aws_iam_role_policy" "account" {
  for_each = local.roles

  name   = each.value.role
  role   = aws_iam_role.account[each.key].id
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Action": ${jsonencode(each.value.actions)}, "Resource": "*"}
      ]
    }
  EOT
}
