provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "replica"
  region = "eu-west-1"
}

module "stores" {
  source = "../../../modules/stores"
  prefix = "acme-prod"
  tables = {
    users  = { hash = "id", ttl = "expires" }
    events = { hash = "user", range = "at" }
  }
  buckets = {
    media   = { versioned = true }
    exports = { days = 30 }
  }
  secrets = ["api", "smtp"]
  providers = {
    aws         = aws
    aws.replica = aws.replica
  }
}
