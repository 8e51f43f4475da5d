variable "home_region" {
  type    = string
  default = "eu-central-1"
}

variable "recovery_region" {
  type    = string
  default = "eu-west-1"
}

variable "organisation" {
  type = object({
    prefix = string
    domain = string
    retention = optional(object({
      trail  = optional(number, 365)
      access = optional(number, 90)
    }), {})
  })
}

variable "spokes" {
  type = map(object({
    cidr     = string
    zones    = optional(list(string), ["a", "b"])
    internet = optional(bool, true)
    peers    = optional(set(string), [])
  }))
}
