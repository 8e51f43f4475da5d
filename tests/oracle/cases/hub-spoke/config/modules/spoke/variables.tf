variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "zones" {
  type = list(string)
}

variable "nat" {
  type    = string
  default = "none"
  validation {
    condition     = contains(["none", "single", "per-zone"], var.nat)
    error_message = "none, single or per-zone"
  }
}

variable "isolated" {
  type    = bool
  default = false
}

variable "attach" {
  description = "Whether the hub's gateway is used, which is known before it is made"
  type        = bool
  default     = false
}

variable "gateway_id" {
  type    = string
  default = null
}

variable "routes_to" {
  type = list(string)
}

variable "office" {
  type = list(string)
}

variable "endpoints" {
  type = map(object({
    type     = optional(string, "Interface")
    policy   = optional(string)
    private_dns = optional(bool, true)
  }))
  default = {
    s3  = { type = "Gateway" }
    sqs = {}
    ssm = {}
  }
}
