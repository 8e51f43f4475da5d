locals {
  stage     = "prod"
  protected = true
}
