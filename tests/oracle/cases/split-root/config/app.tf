resource "aws_launch_template" "app" {
  name_prefix            = "${local.name}-"
  image_id               = data.aws_ami.base.id
  instance_type          = "m6i.large"
  update_default_version = true
  vpc_security_group_ids = [aws_security_group.app.id]
  user_data = base64encode(templatefile("${path.module}/templates/boot.sh.tftpl", {
    stage   = var.stage
    workers = var.workers
  }))
}

resource "aws_autoscaling_group" "app" {
  name                = "${local.name}-app-${aws_launch_template.app.latest_version}"
  min_size            = 2
  max_size            = 6
  vpc_zone_identifier = aws_subnet.app[*].id

  launch_template {
    id      = aws_launch_template.app.id
    version = aws_launch_template.app.latest_version
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [desired_capacity]
  }
}

resource "aws_instance" "bastion" {
  ami                         = data.aws_ami.base.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.app[0].id
  vpc_security_group_ids      = [aws_security_group.app.id]
  user_data                   = file("${path.module}/templates/bastion.sh")
  user_data_replace_on_change = true

  root_block_device {
    volume_size = 20
    encrypted   = true
  }

  lifecycle {
    ignore_changes = [ami]
  }
}

resource "aws_eip" "bastion" {
  instance = aws_instance.bastion.id
  domain   = "vpc"
}

resource "aws_instance" "spooler" {
  count                = length(var.availability_zones)
  ami                  = data.aws_ami.base.id
  instance_type        = "c6i.large"
  subnet_id            = aws_subnet.app[count.index].id
  iam_instance_profile = aws_iam_instance_profile.app.name
  user_data            = "#!/bin/sh\nexport SPOOL=${count.index}\n"

  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 10
  }

  lifecycle {
    replace_triggered_by = [terraform_data.spool_format]
  }
}

resource "aws_volume_attachment" "spool" {
  count       = length(aws_ebs_volume.spool)
  device_name = "/dev/sdh"
  instance_id = aws_instance.spooler[count.index].id
  volume_id   = aws_ebs_volume.spool[count.index].id
}

resource "terraform_data" "spool_format" {
  input = { format = "v3", zones = length(var.availability_zones) }
}

resource "terraform_data" "migrations" {
  triggers_replace = {
    endpoint = aws_db_instance.main.endpoint
    version  = var.db.version
  }
}

resource "aws_iam_role" "app" {
  name                  = "${local.name}-app"
  force_detach_policies = true
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_instance_profile" "app" {
  name_prefix = local.name
  role        = aws_iam_role.app.name
}

module "worker" {
  source = "./modules/worker"
  count  = length(var.workers)

  name     = "${local.name}-${var.workers[count.index]}"
  priority = count.index
  dead     = aws_sqs_queue.dead.arn
}

resource "aws_sqs_queue" "dead" {
  name = "${local.name}-dead"
}

module "service" {
  source = "./modules/service"

  name    = "${local.name}-tracking"
  subnets = aws_subnet.app[*].id
  vpc_id  = aws_vpc.main.id
  queues  = module.worker[*].queue_url
}
