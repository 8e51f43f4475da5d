variable "create" { type = bool }
variable "settings" { type = any }
variable "subnet_ids" { type = list(string) }
variable "vpc_id" { type = string }
variable "addons" { type = any }
variable "access" { type = any }

locals {
  create  = var.create ? 1 : 0
  addons  = { for k, v in var.addons : k => v if var.create }
  grants  = { for k, v in var.access : k => v if var.create }
  encrypt = var.create && var.settings.encrypt
}

resource "aws_iam_role" "this" {
  count = local.create

  name_prefix = "${var.settings.name}-cluster-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "eks.amazonaws.com" } }]
  })
}

resource "aws_kms_key" "this" {
  count       = local.encrypt ? 1 : 0
  description = "${var.settings.name} secrets"
}

resource "aws_cloudwatch_log_group" "this" {
  count             = var.create && length(var.settings.log_types) > 0 ? 1 : 0
  name              = "/aws/eks/${var.settings.name}/cluster"
  retention_in_days = 90
}

resource "aws_security_group" "this" {
  count       = local.create
  name_prefix = "${var.settings.name}-cluster-"
  description = "EKS cluster security group"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = var.create ? { https = 443, webhook = 9443 } : {}

  security_group_id = one(aws_security_group.this[*].id)
  from_port         = each.value
  to_port           = each.value
  ip_protocol       = "tcp"
  cidr_ipv4         = "10.100.0.0/16"
}

resource "aws_eks_cluster" "this" {
  count = local.create

  name                      = var.settings.name
  version                   = var.settings.version
  role_arn                  = aws_iam_role.this[0].arn
  enabled_cluster_log_types = var.settings.log_types

  vpc_config {
    subnet_ids              = var.subnet_ids
    security_group_ids      = aws_security_group.this[*].id
    endpoint_private_access = true
    endpoint_public_access  = var.settings.public
  }

  kubernetes_network_config {
    service_ipv4_cidr = var.settings.service_cidr
  }

  access_config {
    authentication_mode                         = var.settings.authentication
    bootstrap_cluster_creator_admin_permissions = false
  }

  dynamic "encryption_config" {
    for_each = local.encrypt ? [aws_kms_key.this[0].arn] : []
    content {
      resources = ["secrets"]
      provider {
        key_arn = encryption_config.value
      }
    }
  }

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_eks_addon" "this" {
  for_each = local.addons

  cluster_name                = aws_eks_cluster.this[0].name
  addon_name                  = each.key
  addon_version               = try(each.value.version, null)
  service_account_role_arn    = each.value.role
  resolve_conflicts_on_update = each.value.resolve
}

resource "aws_eks_access_entry" "this" {
  for_each = local.grants

  cluster_name  = one(aws_eks_cluster.this[*].name)
  principal_arn = each.value.arn
  type          = "STANDARD"
}

resource "aws_eks_access_policy_association" "this" {
  for_each = local.grants

  cluster_name  = one(aws_eks_cluster.this[*].name)
  principal_arn = aws_eks_access_entry.this[each.key].principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/${each.value.policy}"
  access_scope {
    type       = length(each.value.namespaces) > 0 ? "namespace" : "cluster"
    namespaces = length(each.value.namespaces) > 0 ? each.value.namespaces : null
  }
}

output "name" {
  value = try(aws_eks_cluster.this[0].name, "")
}

output "key_arn" {
  value = one(aws_kms_key.this[*].arn)
}

output "security_group_id" {
  value = try(aws_security_group.this[0].id, null)
}
