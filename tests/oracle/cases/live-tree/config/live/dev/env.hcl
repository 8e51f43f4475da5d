locals {
  stage     = "dev"
  protected = false
}
