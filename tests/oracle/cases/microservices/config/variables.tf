variable "region" {
  default = "eu-west-1"
}

variable "project" {
  type = string
}

variable "environment" {
  type = string
}

variable "suffix" {
  type    = string
  default = ""
}

variable "registry" {
  type    = string
  default = "registry.acme.example"
}

variable "image_tags" {
  type    = map(string)
  default = {}
}

variable "internal" {
  type    = bool
  default = false
}

variable "insights" {
  type    = bool
  default = true
}

variable "log_retention" {
  type    = number
  default = 30
}

variable "allowed_cidrs" {
  type    = list(string)
  default = ["0.0.0.0/0"]
}

variable "network" {
  type = object({
    cidr    = string
    azs     = list(string)
    newbits = optional(number, 8)
  })
}

variable "services" {
  description = "What runs on the cluster"
  type = map(object({
    enabled = optional(bool, true)
    image   = optional(string)
    cpu     = optional(number, 256)
    memory  = optional(number, 512)
    count   = optional(number, 1)
    port    = optional(number, 8080)
    env     = optional(map(string), {})
    secrets = optional(set(string), [])
    public = optional(object({
      paths    = optional(list(string), ["/*"])
      hosts    = optional(list(string))
      priority = optional(number)
      health = optional(object({
        path    = optional(string, "/healthz")
        matcher = optional(string, "200-299")
      }), {})
    }))
    autoscaling = optional(object({
      min = optional(number, 1)
      max = number
      cpu = optional(number, 60)
    }))
    volumes = optional(list(object({
      name = string
      path = string
    })), [])
  }))
}
