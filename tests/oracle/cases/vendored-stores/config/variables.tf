variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "name" {
  description = "Short name of the platform"
  type        = string
  default     = "orders"
}

variable "environment" {
  type    = string
  default = "production"
}

variable "zones" {
  type    = list(string)
  default = ["a", "b", "c"]
}

variable "databases" {
  type = map(object({
    engine            = optional(string, "postgres")
    engine_version    = optional(string, "15.4")
    instance_class    = optional(string, "db.r6g.large")
    allocated_storage = optional(number, 100)
    multi_az          = optional(bool, true)
    snapshot          = optional(string)
    parameters        = optional(map(string), {})
    replicas          = optional(number, 0)
  }))
  default = {
    core = {
      allocated_storage = 200
      parameters        = { max_connections = "400" }
      replicas          = 1
    }
    reports = {
      instance_class = "db.t4g.medium"
      multi_az       = false
    }
  }
}

variable "cache" {
  type = any
  default = {
    nodes = 2
  }
}

variable "search_enabled" {
  type    = bool
  default = true
}

variable "tags" {
  type    = map(string)
  default = {}
}
