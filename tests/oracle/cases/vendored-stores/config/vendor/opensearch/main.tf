variable "domain_name" { type = string }
variable "engine_version" {
  type    = string
  default = "OpenSearch_2.11"
}
variable "cluster" {
  type    = any
  default = {}
}
variable "kms_key_id" {
  type    = string
  default = null
}
variable "vpc" {
  type    = any
  default = {}
}

resource "aws_opensearch_domain" "this" {
  domain_name    = var.domain_name
  engine_version = var.engine_version

  dynamic "cluster_config" {
    for_each = [var.cluster]
    content {
      instance_type          = try(cluster_config.value.instance_type, "r6g.large.search")
      instance_count         = try(cluster_config.value.instance_count, 1)
      zone_awareness_enabled = try(cluster_config.value.instance_count, 1) > 1

      dynamic "zone_awareness_config" {
        for_each = try(cluster_config.value.instance_count, 1) > 1 ? [1] : []
        content {
          availability_zone_count = cluster_config.value.instance_count
        }
      }
    }
  }

  ebs_options {
    ebs_enabled = true
    volume_size = 64
    volume_type = "gp3"
  }

  encrypt_at_rest {
    enabled    = true
    kms_key_id = var.kms_key_id
  }

  node_to_node_encryption {
    enabled = true
  }

  dynamic "vpc_options" {
    for_each = length(var.vpc) > 0 ? [var.vpc] : []
    content {
      subnet_ids         = try(vpc_options.value.subnet_ids, [])
      security_group_ids = try(vpc_options.value.security_group_ids, [])
    }
  }
}

output "endpoint" {
  value = aws_opensearch_domain.this.endpoint
}
