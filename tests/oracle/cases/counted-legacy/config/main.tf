provider "aws" {
  region = "${var.region}"
}

locals {
  az_count   = "${length(split(",", var.azs))}"
  env_sizes  = "${lookup(var.sizes, var.env, "small")}"
  web_count  = "${var.env == "prod" ? var.web_count : 1}"
  data_disks = "${local.web_count * var.disks_per_host}"
}

resource "aws_vpc" "main" {
  cidr_block           = "${var.cidr}"
  enable_dns_hostnames = "true"

  tags = "${merge(var.tags, tomap({ "Name" = "${var.env}-main" }))}"
}

resource "aws_subnet" "private" {
  count             = "${local.az_count}"
  vpc_id            = "${aws_vpc.main.id}"
  cidr_block        = "${cidrsubnet(var.cidr, 8, count.index)}"
  availability_zone = "${element(split(",", var.azs), count.index)}"

  tags = {
    Name = "${format("%s-private-%02d", var.env, count.index + 1)}"
  }
}

resource "aws_subnet" "public" {
  count             = "${local.az_count}"
  vpc_id            = "${aws_vpc.main.id}"
  cidr_block        = "${cidrsubnet(var.cidr, 8, count.index + 100)}"
  availability_zone = "${element(split(",", var.azs), count.index)}"
}

resource "aws_security_group" "web" {
  name        = "${var.env}-web"
  description = "web hosts"
  vpc_id      = "${aws_vpc.main.id}"
}

resource "aws_security_group_rule" "web" {
  count             = "${length(var.web_ports)}"
  type              = "ingress"
  from_port         = "${element(split("-", element(var.web_ports, count.index)), 0)}"
  to_port           = "${element(split("-", element(var.web_ports, count.index)), 1)}"
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/8"]
  security_group_id = "${aws_security_group.web.id}"
}

resource "aws_instance" "web" {
  count                  = "${local.web_count}"
  ami                    = "${lookup(var.amis, var.region)}"
  instance_type          = "${var.instance_types[local.env_sizes]}"
  subnet_id              = "${element(aws_subnet.private.*.id, count.index)}"
  vpc_security_group_ids = ["${aws_security_group.web.id}"]
  user_data              = <<EOF2
#!/bin/bash
echo ${format("%s-web-%d", var.env, count.index)} > /etc/hostname
EOF2

  user_data_replace_on_change = true

  root_block_device {
    volume_size = "${var.env == "prod" ? 40 : 20}"
    volume_type = "gp3"
  }

  tags = {
    Name = "${var.env}-web-${count.index}"
  }
}

resource "aws_ebs_volume" "data" {
  count             = "${local.data_disks}"
  availability_zone = "${element(aws_subnet.private.*.availability_zone, floor(count.index / var.disks_per_host))}"
  size              = "${var.disk_size}"
  encrypted         = "${var.encrypt_disks}"
}

resource "aws_volume_attachment" "data" {
  count       = "${local.data_disks}"
  device_name = "${element(var.devices, count.index % var.disks_per_host)}"
  volume_id   = "${element(aws_ebs_volume.data.*.id, count.index)}"
  instance_id = "${element(aws_instance.web.*.id, floor(count.index / var.disks_per_host))}"
}

resource "aws_eip" "web" {
  count    = "${var.public_ips ? local.web_count : 0}"
  domain   = "vpc"
  instance = "${element(aws_instance.web.*.id, count.index)}"
}

resource "aws_route53_zone" "internal" {
  name = "${var.domain}"
}

resource "aws_route53_record" "web" {
  count   = "${local.web_count}"
  zone_id = "${aws_route53_zone.internal.zone_id}"
  name    = "web${count.index}.${var.domain}"
  type    = "A"
  ttl     = "300"
  records = ["${element(aws_instance.web.*.private_ip, count.index)}"]
}

resource "aws_iam_user" "deployer" {
  count = "${length(var.deployers)}"
  name  = "${element(var.deployers, count.index)}"
}

resource "aws_iam_user_policy" "deployer" {
  count = "${length(var.deployers)}"
  name  = "deploy"
  user  = "${element(aws_iam_user.deployer.*.name, count.index)}"

  policy = <<POLICY
{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::${element(aws_s3_bucket.artifacts.*.bucket, 0)}/*"}]
}
POLICY
}

resource "aws_s3_bucket" "artifacts" {
  count  = "${var.create_bucket == "1" ? 1 : 0}"
  bucket = "${var.env}-artifacts-${replace(var.domain, ".", "-")}"
}

module "cache" {
  source  = "./modules/tier"
  name    = "${var.env}-cache"
  subnets = "${join(",", aws_subnet.private.*.id)}"
  nodes   = "${var.env == "prod" ? 2 : 1}"
  group   = "${aws_security_group.web.id}"
}
