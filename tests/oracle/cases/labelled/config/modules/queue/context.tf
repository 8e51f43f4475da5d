module "this" {
  source = "../../label"

  enabled         = var.enabled
  namespace       = var.namespace
  environment     = var.environment
  stage           = var.stage
  name            = var.name
  delimiter       = var.delimiter
  attributes      = var.attributes
  tags            = var.tags
  label_order     = var.label_order
  id_length_limit = var.id_length_limit

  context = var.context
}

variable "context" {
  type = any
  default = {
    enabled             = true
    namespace           = null
    environment         = null
    stage               = null
    name                = null
    delimiter           = null
    attributes          = []
    tags                = {}
    label_order         = []
    regex_replace_chars = null
    id_length_limit     = null
  }
}

variable "enabled" {
  type    = bool
  default = null
}

variable "namespace" {
  type    = string
  default = null
}

variable "environment" {
  type    = string
  default = null
}

variable "stage" {
  type    = string
  default = null
}

variable "name" {
  type    = string
  default = null
}

variable "delimiter" {
  type    = string
  default = null
}

variable "attributes" {
  type    = list(string)
  default = []
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "label_order" {
  type    = list(string)
  default = null
}

variable "id_length_limit" {
  type    = number
  default = null
}
