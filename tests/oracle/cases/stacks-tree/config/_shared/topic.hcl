terraform {
  source = "${get_parent_terragrunt_dir()}/../modules/topic"
}

inputs = {
  names = ["orders", "bills"]
}
