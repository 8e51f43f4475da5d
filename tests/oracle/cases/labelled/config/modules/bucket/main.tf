variable "versioning" {
  type    = bool
  default = true
}

resource "aws_s3_bucket" "default" {
  count         = module.this.enabled ? 1 : 0
  bucket        = module.this.id
  force_destroy = false
  tags          = module.this.tags
}

resource "aws_s3_bucket_versioning" "default" {
  count  = module.this.enabled && var.versioning ? 1 : 0
  bucket = join("", aws_s3_bucket.default[*].id)
  versioning_configuration {
    status = "Enabled"
  }
}

output "bucket_id" {
  value = module.this.enabled ? join("", aws_s3_bucket.default[*].id) : ""
}
