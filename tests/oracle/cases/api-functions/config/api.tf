resource "aws_apigatewayv2_api" "http" {
  name          = local.app
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = ["https://shop.example"]
    allow_methods = ["GET", "POST"]
  }
}

resource "aws_apigatewayv2_integration" "function" {
  for_each = toset([for r in values(local.routes) : r.function])

  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_uri        = module.function[each.key].invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  name             = "customers"
  api_id           = aws_apigatewayv2_api.http.id
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    audience = [aws_cognito_user_pool_client.web.id]
    issuer   = "https://${aws_cognito_user_pool.customers.endpoint}"
  }
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id             = aws_apigatewayv2_api.http.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.function[each.value.function].id}"
  authorization_type = each.value.method == "GET" ? "NONE" : "JWT"
  authorizer_id      = each.value.method == "GET" ? null : aws_apigatewayv2_authorizer.jwt.id
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = var.stage
  auto_deploy = true
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode({ id = "$context.requestId", status = "$context.status" })
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${local.app}"
  retention_in_days = 30
}

resource "aws_lambda_permission" "http" {
  for_each = aws_apigatewayv2_integration.function

  statement_id  = "http"
  action        = "lambda:InvokeFunction"
  function_name = module.function[each.key].name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.http.execution_arn}/*/*"
}

# The partners' API is the old kind.
resource "aws_api_gateway_rest_api" "partners" {
  name = "${local.app}-partners"
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

locals {
  partner_paths = { orders = ["GET", "POST"], refunds = ["POST"] }
  partner_methods = merge([
    for path, methods in local.partner_paths : { for pair in setproduct([path], methods) : join(" ", pair) => { path = pair[0], method = pair[1] } }
  ]...)
}

resource "aws_api_gateway_resource" "partners" {
  for_each = local.partner_paths

  rest_api_id = aws_api_gateway_rest_api.partners.id
  parent_id   = aws_api_gateway_rest_api.partners.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_method" "partners" {
  for_each = local.partner_methods

  rest_api_id      = aws_api_gateway_rest_api.partners.id
  resource_id      = aws_api_gateway_resource.partners[each.value.path].id
  http_method      = each.value.method
  authorization    = "NONE"
  api_key_required = true
}

resource "aws_api_gateway_integration" "partners" {
  for_each = local.partner_methods

  rest_api_id             = aws_api_gateway_rest_api.partners.id
  resource_id             = aws_api_gateway_method.partners[each.key].resource_id
  http_method             = aws_api_gateway_method.partners[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = module.function["checkout"].invoke_arn
}

resource "aws_api_gateway_deployment" "partners" {
  rest_api_id = aws_api_gateway_rest_api.partners.id
  triggers = {
    redeployment = sha1(jsonencode([local.partner_methods, values(aws_api_gateway_integration.partners)[*].uri]))
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "partners" {
  rest_api_id   = aws_api_gateway_rest_api.partners.id
  deployment_id = aws_api_gateway_deployment.partners.id
  stage_name    = var.stage
}

resource "aws_api_gateway_usage_plan" "partners" {
  for_each = { gold = 1000, silver = 100 }

  name = "${local.app}-${each.key}"
  api_stages {
    api_id = aws_api_gateway_rest_api.partners.id
    stage  = aws_api_gateway_stage.partners.stage_name
  }
  throttle_settings {
    rate_limit  = each.value
    burst_limit = each.value * 2
  }
}

resource "aws_api_gateway_api_key" "partner" {
  for_each = { acme = "gold", globex = "silver" }
  name     = "${local.app}-${each.key}"
}

resource "aws_api_gateway_usage_plan_key" "partner" {
  for_each = { acme = "gold", globex = "silver" }

  key_id        = aws_api_gateway_api_key.partner[each.key].id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.partners[each.value].id
}
