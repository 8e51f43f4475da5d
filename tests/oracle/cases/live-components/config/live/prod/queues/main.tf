provider "aws" {
  region = "eu-central-1"
}

module "queues" {
  source      = "../../../modules/queues"
  environment = "prod"
  queues = {
    orders  = { fifo = true, dead_letter = { tries = 3 } }
    mail    = { retention = 86400 }
    reports = { topic = "reports", subscribers = ["mail", "reports"] }
  }
}
