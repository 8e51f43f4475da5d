variable "name" { type = string }
variable "provider_arn" { type = string }
variable "service_account" { type = string }
variable "policies" {
  type    = map(string)
  default = {}
}
variable "path" {
  type    = string
  default = "/"
}
variable "max_session_duration" {
  type    = number
  default = null
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [var.provider_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${element(split("/", var.provider_arn), 1)}:sub"
      values   = ["system:serviceaccount:${var.service_account}"]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.name
  path                 = var.path
  max_session_duration = var.max_session_duration
  assume_role_policy   = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = var.policies

  role       = aws_iam_role.this.name
  policy_arn = each.value
}

output "arn" {
  value = aws_iam_role.this.arn
}
