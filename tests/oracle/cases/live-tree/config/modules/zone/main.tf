variable "prefix" {
  type = string
}

variable "domain" {
  type = string
}

variable "stage" {
  type = string
}

variable "records" {
  type    = list(string)
  default = []
}

resource "aws_route53_zone" "this" {
  name = var.stage == "prod" ? var.domain : "${var.stage}.${var.domain}"
}

resource "aws_route53_record" "queues" {
  count   = length(var.records)
  zone_id = aws_route53_zone.this.zone_id
  name    = "q${count.index}.${var.domain}"
  type    = "TXT"
  ttl     = 300
  records = [var.records[count.index]]
}
