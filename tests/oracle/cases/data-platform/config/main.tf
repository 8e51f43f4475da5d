terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.70"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

variable "zones" {
  type    = list(string)
  default = ["raw", "clean", "curated"]
}

variable "brokers" {
  type = object({
    version = optional(string, "3.6.0")
    type    = optional(string, "kafka.m5.large")
    count   = optional(number, 3)
    volume  = optional(number, 200)
  })
  default = {}
}

variable "encrypted" {
  type    = bool
  default = true
}

locals {
  name    = "lake"
  tables  = yamldecode(file("${path.module}/schemas/tables.yaml"))
  columns = csvdecode(file("${path.module}/schemas/columns.csv"))

  grants = {
    for g in flatten([for role, dbs in local.tables.readers : [for db in dbs : { role = role, db = db }]]) : "${g.role}:${g.db}" => g
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.60.0.0/16"
}

resource "aws_subnet" "this" {
  for_each          = toset(["a", "b", "c"])
  vpc_id            = aws_vpc.this.id
  availability_zone = "eu-central-1${each.key}"
  cidr_block        = cidrsubnets("10.60.0.0/16", 4, 4, 4)[index(["a", "b", "c"], each.key)]
}

resource "aws_security_group" "this" {
  name   = "${local.name}-internal"
  vpc_id = aws_vpc.this.id
}

resource "aws_kms_key" "lake" {
  description = "the lake"
}

resource "aws_s3_bucket" "zone" {
  for_each = toset(var.zones)
  bucket   = "${local.name}-${each.key}-zone"
}

resource "aws_iam_role" "glue" {
  name               = "${local.name}-glue"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}

resource "aws_glue_catalog_database" "this" {
  for_each     = toset(local.tables.databases)
  name         = replace("${local.name}_${each.key}", "-", "_")
  location_uri = "s3://${aws_s3_bucket.zone["clean"].bucket}/${each.key}/"
}

resource "aws_glue_catalog_table" "this" {
  for_each      = { for t in local.tables.tables : "${t.database}.${t.name}" => t }
  name          = each.value.name
  database_name = aws_glue_catalog_database.this[each.value.database].name
  table_type    = "EXTERNAL_TABLE"

  storage_descriptor {
    location = "s3://${aws_s3_bucket.zone["curated"].bucket}/${each.value.name}/"

    dynamic "columns" {
      for_each = [for c in local.columns : c if c.table == each.value.name]
      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }

  dynamic "partition_keys" {
    for_each = try(each.value.partitions, [])
    content {
      name = partition_keys.value
      type = "string"
    }
  }
}

resource "aws_glue_job" "load" {
  for_each     = { for t in local.tables.tables : t.name => t if try(t.load, false) }
  name         = "${local.name}-load-${each.key}"
  role_arn     = aws_iam_role.glue.arn
  glue_version = "4.0"

  command {
    script_location = "s3://${aws_s3_bucket.zone["raw"].bucket}/jobs/${each.key}.py"
  }

  default_arguments = merge({ "--TempDir" = "s3://${aws_s3_bucket.zone["raw"].bucket}/tmp/" }, try(each.value.arguments, {}))
}

resource "aws_glue_crawler" "raw" {
  name          = "${local.name}-raw"
  role          = aws_iam_role.glue.arn
  database_name = aws_glue_catalog_database.this["sales"].name
  s3_target {
    path = "s3://${aws_s3_bucket.zone["raw"].bucket}"
  }
}

resource "aws_lakeformation_resource" "zone" {
  for_each = aws_s3_bucket.zone
  arn      = each.value.arn
}

resource "aws_iam_role" "reader" {
  for_each           = local.tables.readers
  name               = "${local.name}-${each.key}"
  assume_role_policy = aws_iam_role.glue.assume_role_policy
}

resource "aws_lakeformation_permissions" "reader" {
  for_each    = local.grants
  principal   = aws_iam_role.reader[each.value.role].arn
  permissions = ["DESCRIBE"]
  database {
    name = aws_glue_catalog_database.this[each.value.db].name
  }
}

resource "aws_athena_workgroup" "this" {
  name = local.name
  configuration {
    result_configuration {
      output_location = "s3://${aws_s3_bucket.zone["raw"].id}/athena/"
    }
  }
}

module "stream" {
  source   = "./modules/stream"
  for_each = { for s in local.tables.streams : s.name => s }

  name    = "${local.name}-${each.key}"
  shards  = try(each.value.shards, null)
  hours   = try(each.value.hours, 24)
  bucket  = aws_s3_bucket.zone["raw"].arn
  key_id  = var.encrypted ? aws_kms_key.lake.key_id : null
  role    = aws_iam_role.glue.arn
}

module "warehouse" {
  source = "./modules/warehouse"

  name       = "${local.name}-dwh"
  subnet_ids = [for z in ["a", "b", "c"] : aws_subnet.this[z].id]
  group_ids  = [aws_security_group.this.id]
  key_arn    = aws_kms_key.lake.arn
  encrypted  = var.encrypted
}

resource "aws_msk_cluster" "this" {
  cluster_name           = local.name
  kafka_version          = var.brokers.version
  number_of_broker_nodes = var.brokers.count

  broker_node_group_info {
    instance_type   = var.brokers.type
    client_subnets  = [for s in aws_subnet.this : s.id]
    security_groups = [aws_security_group.this.id]
    storage_info {
      ebs_storage_info {
        volume_size = var.brokers.volume
      }
    }
  }

  encryption_info {
    encryption_at_rest_kms_key_arn = aws_kms_key.lake.arn
    encryption_in_transit {
      client_broker = "TLS"
    }
  }
}

resource "aws_opensearch_domain" "search" {
  domain_name    = "${local.name}-search"
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type  = "r6g.large.search"
    instance_count = 3
  }

  ebs_options {
    ebs_enabled = true
    volume_size = 100
  }

  encrypt_at_rest {
    enabled    = var.encrypted
    kms_key_id = var.encrypted ? aws_kms_key.lake.key_id : null
  }

  vpc_options {
    subnet_ids         = [aws_subnet.this["a"].id]
    security_group_ids = [aws_security_group.this.id]
  }
}
