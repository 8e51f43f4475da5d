variable "name" { type = string }
variable "cluster_name" { type = string }
variable "subnet_ids" { type = list(string) }
variable "min_size" { type = number }
variable "max_size" { type = number }
variable "desired_size" { type = number }
variable "instance_types" { type = list(string) }
variable "capacity_type" { type = string }
variable "disk_size" { type = number }
variable "labels" { type = map(string) }

variable "use_name_prefix" {
  type    = bool
  default = false
}

resource "aws_iam_role" "this" {
  name = "${var.name}-eks-node-group"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  force_detach_policies = true
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = toset([
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryReadOnly",
  ])
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
  role       = aws_iam_role.this.name
}

resource "aws_eks_node_group" "this" {
  cluster_name           = var.cluster_name
  node_role_arn          = aws_iam_role.this.arn
  subnet_ids             = var.subnet_ids
  node_group_name        = var.use_name_prefix ? null : var.name
  node_group_name_prefix = var.use_name_prefix ? "${var.name}-" : null

  scaling_config {
    min_size     = var.min_size
    max_size     = var.max_size
    desired_size = var.desired_size
  }

  instance_types = var.instance_types
  capacity_type  = var.capacity_type
  disk_size      = var.disk_size
  labels         = var.labels

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [scaling_config[0].desired_size]
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}
