provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}

locals {
  tags = {
    "kubernetes.io/cluster/${var.cluster.name}" = "owned"
    team                                        = "platform"
  }
  subnets = { for i, z in ["a", "b", "c"] : z => cidrsubnet("10.100.0.0/16", 3, i) }
}

resource "aws_vpc" "this" {
  cidr_block = "10.100.0.0/16"
  tags       = merge(local.tags, { Name = var.cluster.name })
}

resource "aws_subnet" "nodes" {
  for_each          = local.subnets
  vpc_id            = aws_vpc.this.id
  cidr_block        = each.value
  availability_zone = "eu-west-1${each.key}"
  tags              = local.tags
}

module "cluster" {
  source = "./modules/cluster"
  create = var.create

  settings   = var.cluster
  subnet_ids = [for s in aws_subnet.nodes : s.id]
  vpc_id     = aws_vpc.this.id
  addons     = { for name, addon in var.addons : name => merge(addon, { role = try(module.irsa[addon.irsa].arn, null) }) }
  access     = var.access
}

module "nodes" {
  source   = "./modules/node-group"
  for_each = { for k, v in var.node_groups : k => v if var.create }

  name           = each.key
  cluster_name   = module.cluster.name
  subnet_ids     = values(aws_subnet.nodes)[*].id
  instance_types = try(each.value.instance_types, var.node_group_defaults.instance_types, ["t3.medium"])
  capacity_type  = lookup(each.value, "capacity_type", "ON_DEMAND")
  disk_size      = try(each.value.disk_size, var.node_group_defaults.disk_size, null)
  scaling = {
    min = try(each.value.min_size, var.node_group_defaults.min_size, 0)
    max = try(each.value.max_size, var.node_group_defaults.max_size, 3)
  }
  labels   = merge({ group = each.key }, try(each.value.labels, {}))
  taints   = try(each.value.taints, [])
  template = try(each.value.template, false)
  subnets  = lookup(each.value, "subnets", null)
}

module "irsa" {
  source   = "./modules/irsa"
  for_each = { cni = "kube-system:aws-node", dns = "kube-system:external-dns", backup = "velero:velero" }

  name            = "${var.cluster.name}-${each.key}"
  provider_arn    = "arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
  service_account = each.value
  policies        = each.key == "cni" ? { cni = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" } : {}
}

resource "aws_ecr_repository" "team" {
  for_each = { for pair in setproduct(var.teams, ["api", "worker"]) : "${pair[0]}/${pair[1]}" => { team = pair[0] } }

  name                 = each.key
  image_tag_mutability = "IMMUTABLE"
  force_delete         = each.value.team == "search"
}

resource "aws_backup_vault" "volumes" {
  name        = "${var.cluster.name}-volumes"
  kms_key_arn = one(module.cluster[*].key_arn)
}

resource "aws_backup_plan" "volumes" {
  name = "${var.cluster.name}-volumes"
  dynamic "rule" {
    for_each = { daily = ["cron(0 2 * * ? *)", 14], weekly = ["cron(0 3 ? * SUN *)", 90] }
    content {
      rule_name         = rule.key
      target_vault_name = aws_backup_vault.volumes.name
      schedule          = rule.value[0]
      lifecycle {
        delete_after = rule.value[1]
      }
    }
  }
}

resource "aws_batch_compute_environment" "jobs" {
  compute_environment_name_prefix = "${var.cluster.name}-"
  type                            = "MANAGED"
  service_role                    = module.irsa["backup"].arn
  compute_resources {
    type               = "FARGATE"
    max_vcpus          = 16
    security_group_ids = [module.cluster.security_group_id]
    subnets            = values(aws_subnet.nodes)[*].id
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_batch_job_queue" "jobs" {
  name     = "${var.cluster.name}-jobs"
  state    = "ENABLED"
  priority = 1
  compute_environment_order {
    order               = 1
    compute_environment = aws_batch_compute_environment.jobs.arn
  }
}
