variable "cluster_name" { type = string }
variable "cluster_version" { type = string }
variable "subnet_ids" { type = list(string) }

variable "group_defaults" {
  type    = any
  default = {}
}

variable "groups" {
  type    = any
  default = {}
}

variable "iam_role_use_name_prefix" {
  type    = bool
  default = false
}

resource "aws_iam_role" "cluster" {
  name        = var.iam_role_use_name_prefix ? null : "${var.cluster_name}-cluster"
  name_prefix = var.iam_role_use_name_prefix ? "${var.cluster_name}-cluster-" : null

  assume_role_policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [{"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
  POLICY
}

resource "aws_iam_role_policy_attachment" "cluster" {
  for_each = { for k, v in {
    AmazonEKSClusterPolicy         = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    AmazonEKSServicePolicy = "arn:aws:iam::aws:policy/AmazonEKSServicePolicy"
  } : k => v }

  policy_arn = each.value
  role       = aws_iam_role.cluster.name
}

resource "aws_eks_cluster" "this" {
  name     = var.cluster_name
  role_arn = aws_iam_role.cluster.arn
  version  = var.cluster_version

  vpc_config {
    subnet_ids = var.subnet_ids
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

module "group" {
  source = "./group"

  for_each = { for k, v in var.groups : k => v if try(v.create, true) }

  name         = try(each.value.name, each.key)
  cluster_name = aws_eks_cluster.this.name
  subnet_ids   = try(each.value.subnet_ids, var.group_defaults.subnet_ids, var.subnet_ids)

  min_size     = try(each.value.min_size, var.group_defaults.min_size, 1)
  max_size     = try(each.value.max_size, var.group_defaults.max_size, 3)
  desired_size = try(each.value.desired_size, var.group_defaults.desired_size, 1)

  instance_types = try(each.value.instance_types, var.group_defaults.instance_types, null)
  capacity_type  = try(each.value.capacity_type, var.group_defaults.capacity_type, null)
  disk_size      = try(each.value.disk_size, var.group_defaults.disk_size, null)
  labels         = try(each.value.labels, var.group_defaults.labels, {})
}
