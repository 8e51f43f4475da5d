provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

resource "aws_s3_bucket" "home" {
  bucket = "acme-regions-home"
}

resource "aws_s3_bucket" "copy" {
  provider = aws.us
  bucket   = "acme-regions-copy"
}

resource "aws_sns_topic" "home" {
  name = "acme-regions"
}

resource "aws_sns_topic" "away" {
  provider = aws.us
  name     = "acme-regions"
}

module "trail" {
  source = "./trail"
  providers = {
    aws = aws.us
  }
  name = "acme-regions-trail"
}
