provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Project = var.project }
  }
}

locals {
  name      = format("%s-%s", var.project, var.environment)
  az        = [for z in var.zones : "eu-west-1${z}"]
  is_prod   = var.environment == "prod"
  retention = local.is_prod ? 90 : 7
}

resource "aws_vpc" "main" {
  cidr_block = var.cidr
  tags       = { Name = local.name }
}

# web and data subnets, one of each per zone
resource "aws_subnet" "web" {
  count             = length(local.az)
  vpc_id            = aws_vpc.main.id
  availability_zone = local.az[count.index]
  cidr_block        = cidrsubnet(var.cidr, 8, count.index)
}

resource "aws_subnet" "data" {
  count             = length(local.az)
  vpc_id            = aws_vpc.main.id
  availability_zone = local.az[count.index]
  cidr_block        = cidrsubnet(var.cidr, 8, 100 + count.index)
}

resource "aws_security_group" "web" {
  name_prefix = "${local.name}-web-"
  description = "web tier"
  vpc_id      = aws_vpc.main.id
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "db" {
  name   = "${local.name}-db"
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group_rule" "db" {
  type                     = "ingress"
  from_port                = 5432
  to_port                  = 5432
  protocol                 = "tcp"
  security_group_id        = aws_security_group.db.id
  source_security_group_id = aws_security_group.web.id
}

resource "aws_launch_template" "web" {
  name          = "${local.name}-web"
  image_id      = var.image
  instance_type = var.instance_type
  user_data     = base64encode("#!/bin/sh\nexport ENV=${var.environment}\n")
}

resource "aws_autoscaling_group" "web" {
  name                = "${aws_launch_template.web.name}-asg"
  min_size            = var.web_count
  max_size            = var.web_count * 2
  vpc_zone_identifier = aws_subnet.web[*].id
  launch_template {
    id      = aws_launch_template.web.id
    version = "$Latest"
  }
}

resource "aws_instance" "bastion" {
  ami                    = var.image
  instance_type          = "t3.nano"
  subnet_id              = aws_subnet.web[0].id
  vpc_security_group_ids = [aws_security_group.web.id]
  root_block_device {
    encrypted   = true
    volume_size = 8
  }
  tags = { Name = "${local.name}-bastion" }
}

resource "aws_ebs_volume" "home" {
  availability_zone = aws_instance.bastion.availability_zone
  size              = 20
  encrypted         = true
}

resource "aws_kms_key" "db" {
  count       = local.is_prod ? 1 : 0
  description = local.name
}

resource "aws_db_subnet_group" "this" {
  name       = local.name
  subnet_ids = aws_subnet.data[*].id
}

resource "aws_db_instance" "this" {
  count                  = var.db == null ? 0 : 1
  identifier             = local.name
  engine                 = "postgres"
  engine_version         = var.db.engine_version
  instance_class         = var.db.class
  allocated_storage      = 50
  username               = "root"
  password               = "not-a-secret-1"
  storage_encrypted      = var.db.encrypted
  kms_key_id             = one(aws_kms_key.db[*].arn)
  snapshot_identifier    = try(var.db.snapshot, null)
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.db.id]
  skip_final_snapshot    = !local.is_prod
}

resource "aws_cloudwatch_log_group" "tier" {
  for_each          = toset(["web", "api"])
  name              = "/${local.name}/${each.key}"
  retention_in_days = local.retention
}

resource "aws_s3_bucket" "assets" {
  bucket        = lower("${local.name}-assets")
  force_destroy = !local.is_prod
}
