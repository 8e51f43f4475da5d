variable "fifo" {
  type    = bool
  default = false
}

locals {
  name = var.fifo ? "${module.this.id}.fifo" : module.this.id
}

resource "aws_sqs_queue" "default" {
  count      = module.this.enabled ? 1 : 0
  name       = local.name
  fifo_queue = var.fifo
  tags       = module.this.tags
}

module "dlq_label" {
  source     = "../../label"
  attributes = ["dlq"]
  context    = module.this.context
}

resource "aws_sqs_queue" "dead" {
  count      = module.dlq_label.enabled ? 1 : 0
  name       = var.fifo ? "${module.dlq_label.id}.fifo" : module.dlq_label.id
  fifo_queue = var.fifo
}
