locals {
  env    = read_terragrunt_config(find_in_parent_folders("env.hcl"))
  region = read_terragrunt_config(find_in_parent_folders("region.hcl"))
  common = yamldecode(file(find_in_parent_folders("common.yaml")))

  stage  = local.env.locals.stage
  prefix = "${local.common.company}-${local.stage}"
}

generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<-EOF2
    provider "aws" {
      region = "${local.region.locals.aws_region}"
    }
  EOF2
}

inputs = merge(
  local.env.locals,
  local.region.locals,
  {
    prefix = local.prefix
    tags = {
      company = local.common.company
      unit    = path_relative_to_include()
    }
  },
)
