variable "name" { type = string }
variable "cluster_name" { type = string }
variable "subnet_ids" { type = list(string) }
variable "subnets" {
  type    = list(string)
  default = null
}
variable "instance_types" { type = list(string) }
variable "capacity_type" { type = string }
variable "disk_size" {
  type    = number
  default = null
}
variable "scaling" { type = object({ min = number, max = number, desired = optional(number) }) }
variable "labels" { type = map(string) }
variable "taints" { type = list(map(string)) }
variable "template" { type = bool }
variable "ami_type" {
  type    = string
  default = "AL2_x86_64"
}
variable "use_name_prefix" {
  type    = bool
  default = true
}

resource "aws_iam_role" "this" {
  name = "${var.cluster_name}-${var.name}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = { for p in ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly"] : lower(p) => p }

  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_launch_template" "this" {
  count = var.template ? 1 : 0

  name_prefix = "${var.cluster_name}-${var.name}-"
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = var.disk_size
      encrypted   = true
    }
  }
}

resource "aws_eks_node_group" "this" {
  cluster_name           = var.cluster_name
  node_group_name        = var.use_name_prefix ? null : var.name
  node_group_name_prefix = var.use_name_prefix ? "${var.name}-" : null
  node_role_arn          = aws_iam_role.this.arn
  subnet_ids             = coalescelist(coalesce(var.subnets, []), var.subnet_ids)
  instance_types         = var.instance_types
  capacity_type          = var.capacity_type
  ami_type               = var.ami_type
  disk_size              = var.template ? null : var.disk_size
  labels                 = var.labels

  scaling_config {
    min_size     = var.scaling.min
    max_size     = var.scaling.max
    desired_size = coalesce(var.scaling.desired, var.scaling.min)
  }

  dynamic "launch_template" {
    for_each = aws_launch_template.this
    content {
      id      = launch_template.value.id
      version = launch_template.value.latest_version
    }
  }

  dynamic "taint" {
    for_each = var.taints
    content {
      key    = taint.value.key
      value  = lookup(taint.value, "value", null)
      effect = taint.value.effect
    }
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [scaling_config[0].desired_size]
  }
}

output "name" {
  value = aws_eks_node_group.this.node_group_name
}
