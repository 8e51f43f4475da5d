provider "aws" {
  region = var.region
}

variable "region" {
  default = "us-east-1"
}
variable "env" {
  type = string
}
variable "team_prefix" {
  default = "team"
}
variable "admin_enabled" {
  type    = bool
  default = true
}

locals {
  teams   = yamldecode(file("${path.module}/teams.yaml")).teams
  members = { for m in flatten([for t in local.teams : [for u in t.members : { team = t.name, user = u }]]) : "${m.team}/${m.user}" => m }
  users   = toset(distinct([for m in local.members : m.user]))
  common  = { Environment = var.env, ManagedBy = "terraform" }
}

resource "aws_iam_user" "this" {
  for_each = local.users
  name     = each.key
  path     = "/people/"
  tags     = local.common
}

resource "aws_iam_group" "team" {
  for_each = { for t in local.teams : t.name => t }
  name     = "${var.team_prefix}-${each.key}"
}

resource "aws_iam_user_group_membership" "this" {
  for_each = local.members
  user     = aws_iam_user.this[each.value.user].name
  groups   = [aws_iam_group.team[each.value.team].name]
}

resource "aws_iam_policy" "team" {
  for_each = { for t in local.teams : t.name => t if can(t.policy) }
  name     = "${var.env}-${each.key}"
  path     = "/teams/"
  policy   = templatefile("${path.module}/policies/${each.value.policy}.json.tpl", { env = var.env, region = var.region })
}

resource "aws_iam_group_policy_attachment" "team" {
  for_each   = aws_iam_policy.team
  group      = aws_iam_group.team[each.key].name
  policy_arn = each.value.arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [for u in aws_iam_user.this : u.arn]
    }
  }
}

resource "aws_iam_role" "admin" {
  count                = var.admin_enabled ? 1 : 0
  name                 = "${var.env}-admin"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
}

resource "aws_iam_role_policy_attachment" "admin" {
  count      = var.admin_enabled ? 1 : 0
  role       = aws_iam_role.admin[0].name
  policy_arn = aws_iam_policy.team["core"].arn
}

resource "aws_iam_instance_profile" "admin" {
  count = length(aws_iam_role.admin)
  name  = "${var.env}-admin"
  role  = aws_iam_role.admin[count.index].name
}

resource "aws_ssm_parameter" "settings" {
  for_each = fileset("${path.module}/settings", "*.txt")
  name     = "/${var.env}/${trimsuffix(each.value, ".txt")}"
  type     = "String"
  value    = trimspace(file("${path.module}/settings/${each.value}"))
}

resource "aws_secretsmanager_secret" "shared" {
  name                    = "${var.env}/shared"
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret_version" "shared" {
  secret_id     = aws_secretsmanager_secret.shared.id
  secret_string = jsonencode({ user = "x" })
}

resource "aws_route53_zone" "main" {
  name = "${var.env}.example.org"
}

resource "aws_route53_record" "www" {
  for_each = { www = "A", api = "A" }
  zone_id  = aws_route53_zone.main.zone_id
  name     = "${each.key}.${aws_route53_zone.main.name}"
  type     = each.value
  ttl      = 300
  records  = ["192.0.2.10"]
}
