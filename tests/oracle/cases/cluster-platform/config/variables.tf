variable "cluster" {
  type = object({
    name           = string
    version        = string
    public         = optional(bool, false)
    service_cidr   = optional(string, "172.20.0.0/16")
    log_types      = optional(set(string), ["api", "audit"])
    encrypt        = optional(bool, true)
    authentication = optional(string, "API_AND_CONFIG_MAP")
  })
}

variable "node_group_defaults" {
  type    = any
  default = {}
}

variable "node_groups" {
  type    = any
  default = {}
}

variable "addons" {
  type = map(object({
    version = optional(string)
    irsa    = optional(string)
    resolve = optional(string, "OVERWRITE")
  }))
  default = {}
}

variable "access" {
  type = map(object({
    arn        = string
    policy     = string
    namespaces = optional(list(string), [])
  }))
  default = {}
}

variable "teams" {
  type    = list(string)
  default = ["shop", "search", "payments"]
}

variable "create" {
  type    = bool
  default = true
}
