terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }
}

provider "aws" {
  region = var.home_region
}

provider "aws" {
  alias  = "network"
  region = var.home_region

  default_tags {
    tags = { account = "network" }
  }
}

provider "aws" {
  alias  = "audit"
  region = var.home_region
}

provider "aws" {
  alias  = "audit_dr"
  region = var.recovery_region
}
