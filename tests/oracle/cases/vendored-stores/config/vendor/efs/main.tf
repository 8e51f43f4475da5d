variable "name" { type = string }
variable "kms_key_arn" {
  type    = string
  default = null
}
variable "mount_targets" {
  type    = any
  default = {}
}
variable "access_points" {
  type    = any
  default = {}
}
variable "security_group_ids" { type = list(string) }
variable "creation_token" {
  type    = string
  default = null
}
variable "performance_mode" {
  type    = string
  default = null
}

resource "aws_efs_file_system" "this" {
  creation_token   = try(coalesce(var.creation_token, var.name), null)
  encrypted        = true
  kms_key_id       = var.kms_key_arn
  performance_mode = var.performance_mode

  tags = { Name = var.name }
}

resource "aws_efs_mount_target" "this" {
  for_each = { for k, v in var.mount_targets : k => v if try(v.enabled, true) }

  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = each.value.subnet_id
  security_groups = var.security_group_ids
  ip_address      = try(each.value.ip_address, null)
}

resource "aws_efs_access_point" "this" {
  for_each = var.access_points

  file_system_id = aws_efs_file_system.this.id

  root_directory {
    path = each.value.path
    creation_info {
      owner_uid   = try(each.value.uid, 0)
      owner_gid   = try(each.value.gid, each.value.uid, 0)
      permissions = "0750"
    }
  }

  tags = { Name = each.key }
}

resource "aws_efs_backup_policy" "this" {
  file_system_id = aws_efs_file_system.this.id
  backup_policy {
    status = "ENABLED"
  }
}
