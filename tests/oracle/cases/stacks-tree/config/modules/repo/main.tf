variable "repositories" {
  type = list(object({ name = string, scan = optional(bool, true) }))
}

variable "team" {
  type    = string
  default = "core"
}

resource "aws_ecr_repository" "this" {
  count = length(var.repositories)
  name  = "${var.team}/${var.repositories[count.index].name}"
  image_scanning_configuration {
    scan_on_push = var.repositories[count.index].scan
  }
}
