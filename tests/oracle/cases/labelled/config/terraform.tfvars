namespace   = "eg"
environment = "uw2"
stage       = "prod"
name        = "Artifact_Store"

buckets = {
  raw     = {}
  reports = { versioning = false }
  scratch = { enabled = false }
}
