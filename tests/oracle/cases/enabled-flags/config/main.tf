provider "aws" {
  region = "eu-west-1"
}

module "label" {
  source  = "./label"
  enabled = true
  parts   = ["acme", "prod", "orders"]
}

module "queue" {
  source          = "./queue"
  label           = module.label.context
  create_dlq      = true
  kms_data_key    = null
  message_seconds = 600
}

module "spare" {
  source  = "./queue"
  label   = merge(module.label.context, { id = "${module.label.context.id}-spare" })
}
