variable "name" { type = string }
variable "kafka_version" { type = string }
variable "broker" {
  type = object({
    instance_type = string
    volume_size   = optional(number, 100)
    per_zone      = optional(number, 1)
  })
}
variable "client_subnets" { type = list(string) }
variable "security_groups" { type = list(string) }
variable "kms_key_arn" { type = string }
variable "in_cluster" {
  type    = bool
  default = true
}
variable "properties" {
  type    = map(any)
  default = {}
}

resource "aws_msk_configuration" "this" {
  name              = "${var.name}-config"
  kafka_versions    = [var.kafka_version]
  server_properties = join("\n", [for k, v in var.properties : format("%s = %s", k, v)])

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "broker" {
  name              = "/msk/${var.name}"
  retention_in_days = 30
}

resource "aws_msk_cluster" "this" {
  cluster_name           = var.name
  kafka_version          = var.kafka_version
  number_of_broker_nodes = length(var.client_subnets) * var.broker.per_zone

  broker_node_group_info {
    instance_type   = var.broker.instance_type
    client_subnets  = var.client_subnets
    security_groups = var.security_groups

    storage_info {
      ebs_storage_info {
        volume_size = var.broker.volume_size
      }
    }
  }

  configuration_info {
    arn      = aws_msk_configuration.this.arn
    revision = aws_msk_configuration.this.latest_revision
  }

  encryption_info {
    encryption_at_rest_kms_key_arn = var.kms_key_arn
    encryption_in_transit {
      client_broker = "TLS"
      in_cluster    = var.in_cluster
    }
  }

  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled   = true
        log_group = aws_cloudwatch_log_group.broker.name
      }
    }
  }
}

output "bootstrap" {
  value = aws_msk_cluster.this.bootstrap_brokers_tls
}
