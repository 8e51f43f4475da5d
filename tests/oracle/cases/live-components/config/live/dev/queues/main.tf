provider "aws" {
  region = "eu-central-1"
}

module "queues" {
  source      = "../../../modules/queues"
  environment = "dev"
  queues = {
    orders  = { fifo = true, dead_letter = { tries = 3 } }
    mail    = {}
    reports = { topic = "reports", subscribers = ["mail", "reports"] }
  }
}
