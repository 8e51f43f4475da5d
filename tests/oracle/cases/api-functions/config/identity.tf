resource "aws_cognito_user_pool" "customers" {
  name                     = "${local.app}-customers"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  deletion_protection      = "ACTIVE"

  schema {
    name                = "email"
    attribute_data_type = "String"
    required            = true
  }

  dynamic "schema" {
    for_each = ["tier"]
    content {
      name                = schema.value
      attribute_data_type = "String"
      mutable             = true
      string_attribute_constraints {
        min_length = 1
        max_length = 16
      }
    }
  }
}

resource "aws_cognito_user_pool_client" "web" {
  name            = "web"
  user_pool_id    = aws_cognito_user_pool.customers.id
  generate_secret = false
}

resource "aws_cognito_user_pool_domain" "this" {
  domain       = local.app
  user_pool_id = aws_cognito_user_pool.customers.id
}

resource "aws_cognito_resource_server" "api" {
  identifier   = "https://api.${local.project}.example"
  name         = "api"
  user_pool_id = aws_cognito_user_pool.customers.id
  scope {
    scope_name        = "read"
    scope_description = "Read"
  }
}

resource "aws_cognito_identity_pool" "this" {
  identity_pool_name = local.app
  cognito_identity_providers {
    client_id     = aws_cognito_user_pool_client.web.id
    provider_name = aws_cognito_user_pool.customers.endpoint
  }
}
