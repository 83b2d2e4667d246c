mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
  mock_data "aws_ec2_managed_prefix_list" {
    defaults = { id = "pl-cloudfront" }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/gateway/1" }
  }
  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/gateway/1/2" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/gateway/1" }
  }
}

variables {
  name                      = "gateway"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  internal                  = false
  certificate_arn           = "arn:aws:acm:eu-west-1:123456789012:certificate/a-b"
  allowed_cidrs             = ["192.0.2.0/24"]
  target_security_group_ids = { tasks = "sg-tasks" }
  log_bucket                = "logs"
}

run "clients_speak_modern_tls_to_the_gateway" {
  assert {
    condition     = aws_lb_listener.this.port == 443 && aws_lb_listener.this.protocol == "HTTPS" && aws_lb_listener.this.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    error_message = "the listener must be HTTPS on 443 with a policy of TLS 1.2 and 1.3"
  }
  assert {
    condition     = aws_lb_listener.this.default_action[0].target_group_arn == aws_lb_target_group.this.arn
    error_message = "everything must be forwarded to the gateway"
  }
  assert {
    condition     = aws_lb_listener.redirect[0].default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "plain HTTP must be redirected"
  }
  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.desync_mitigation_mode == "defensive" && aws_lb.this.enable_deletion_protection
    error_message = "the load balancer must refuse malformed requests and its own deletion"
  }
  assert {
    condition     = aws_lb.this.access_logs[0].enabled && aws_lb.this.connection_logs[0].enabled && aws_lb.this.access_logs[0].prefix == "load-balancer"
    error_message = "requests and connections must be logged"
  }
}

run "a_load_balancer_of_the_longest_name_has_one_that_aws_takes" {
  variables {
    name     = "a23456789-123456789-1234"
    internal = true
  }
  assert {
    condition     = aws_lb.this.name == "a23456789-123456789-1234-private" && length(aws_lb.this.name) == 32
    error_message = "a name has 32 characters at most, and says which addresses the load balancer has"
  }
}

run "streams_may_be_silent_for_ten_minutes" {
  assert {
    condition     = aws_lb.this.idle_timeout == 600 && output.idle_timeout_seconds == 600
    error_message = "the idle timeout must be 600 s"
  }
}

run "targets_are_addresses_and_asked_for_their_readiness" {
  assert {
    condition     = aws_lb_target_group.this.target_type == "ip" && aws_lb_target_group.this.port == 3000 && aws_lb_target_group.this.deregistration_delay == "300"
    error_message = "targets must be addresses at port 3000 that drain for 300 s"
  }
  assert {
    condition     = aws_lb_target_group.this.health_check[0].path == "/bedrock/health/readiness" && aws_lb_target_group.this.health_check[0].matcher == "200"
    error_message = "health must be the gateway's readiness"
  }
  assert {
    condition     = aws_lb_target_group.this.health_check[0].interval * aws_lb_target_group.this.health_check[0].unhealthy_threshold >= 150
    error_message = "a failover of the database, which takes up to 120 s, must not have every target replaced"
  }
}

run "only_the_named_may_connect_and_only_targets_are_reached" {
  variables {
    allowed_prefix_list_ids = ["pl-1"]
  }
  assert {
    condition     = toset(keys(aws_vpc_security_group_ingress_rule.cidr)) == toset(["192.0.2.0/24 https", "192.0.2.0/24 http"])
    error_message = "the range must reach 443 and 80"
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.prefix_list : "${rule.prefix_list_id} ${rule.from_port} ${rule.to_port}"]) == toset(["pl-1 443 443", "pl-1 80 80"])
    error_message = "the prefix list must reach 443 and 80"
  }
  assert {
    condition     = [for rule in aws_vpc_security_group_egress_rule.targets : "${rule.referenced_security_group_id} ${rule.from_port} ${rule.to_port}"] == ["sg-tasks 3000 3000"]
    error_message = "only the targets' group at port 3000 may be reached"
  }
}

run "nothing_is_closed_by_default" {
  assert {
    condition     = length(aws_lb_listener_rule.closed) == 0
    error_message = "no path must be closed"
  }
}

run "switched_off_pages_are_not_found" {
  variables {
    admin_ui_enabled = false
    swagger_enabled  = false
  }
  assert {
    condition     = alltrue([for rule in aws_lb_listener_rule.closed : rule.action[0].fixed_response[0].status_code == "404"])
    error_message = "closed paths must be answered 404"
  }
  assert {
    condition = toset(flatten([for rule in aws_lb_listener_rule.closed : [for condition in rule.condition : [for pattern in condition.path_pattern : tolist(pattern.values)]]])) == toset([
      "/ui", "/ui/*", "/sso/*", "/litellm-asset-prefix/*", "/login", "/v2/login", "/fallback/login",
      "/", "/docs", "/redoc", "/openapi.json", "/swagger/*",
    ])
    error_message = "the pages, their login and the descriptions of the interface must be closed"
  }
  assert {
    condition     = alltrue([for rule in aws_lb_listener_rule.closed : length(flatten([for condition in rule.condition : [for pattern in condition.path_pattern : tolist(pattern.values)]])) <= 5])
    error_message = "a condition has five values at most"
  }
}

run "behind_cloudfront_only_its_addresses_connect_and_nothing_is_forwarded_by_default" {
  variables {
    internal          = true
    behind_cloudfront = true
    certificate_arn   = null
  }
  assert {
    condition     = aws_lb_listener.this.protocol == "HTTP" && aws_lb_listener.this.port == 80 && !startswith(aws_lb_listener.this.ssl_policy, "ELBSecurityPolicy")
    error_message = "without a certificate the listener must be HTTP"
  }
  assert {
    condition     = aws_lb_listener.this.default_action[0].type == "fixed-response" && aws_lb_listener.this.default_action[0].fixed_response[0].status_code == "403"
    error_message = "what has no secret header must be answered 403"
  }
  assert {
    condition     = length(aws_lb_listener.redirect) == 0
    error_message = "nobody must be redirected"
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.cidr) == 0 && [for rule in aws_vpc_security_group_ingress_rule.prefix_list : "${rule.prefix_list_id} ${rule.from_port}"] == ["pl-cloudfront 80"]
    error_message = "only CloudFront must connect, at one port: its list takes 55 of 60 rules"
  }
}

run "behind_cloudfront_with_a_certificate_the_open_port_is_that_of_https" {
  variables {
    internal          = true
    behind_cloudfront = true
  }
  assert {
    condition     = aws_lb_listener.this.protocol == "HTTPS" && [for rule in aws_vpc_security_group_ingress_rule.prefix_list : rule.from_port] == [443]
    error_message = "only port 443 must be open"
  }
}

run "one_subnet_is_refused" {
  command = plan
  variables {
    subnet_ids = ["subnet-1"]
  }
  expect_failures = [var.subnet_ids]
}

run "a_public_load_balancer_behind_cloudfront_is_refused" {
  command = plan
  variables {
    behind_cloudfront = true
  }
  expect_failures = [var.behind_cloudfront]
}

run "clients_without_a_certificate_are_refused" {
  command = plan
  variables {
    certificate_arn = null
  }
  expect_failures = [var.certificate_arn]
}

run "what_is_no_certificate_is_refused" {
  command = plan
  variables {
    certificate_arn = "arn:aws:iam::123456789012:server-certificate/a"
  }
  expect_failures = [var.certificate_arn]
}

run "a_certificate_of_another_region_is_refused" {
  command = plan
  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a-b"
  }
  expect_failures = [aws_lb_listener.this]
}

run "what_is_no_range_is_refused" {
  command = plan
  variables {
    allowed_cidrs = ["192.0.2.0"]
  }
  expect_failures = [var.allowed_cidrs]
}

run "a_load_balancer_for_nobody_is_refused" {
  command = plan
  variables {
    allowed_cidrs = []
  }
  expect_failures = [var.allowed_prefix_list_ids]
}

run "an_idle_timeout_that_aws_has_not_is_refused" {
  command = plan
  variables {
    idle_timeout_seconds = 4001
  }
  expect_failures = [var.idle_timeout_seconds]
}

run "a_drain_that_aws_has_not_is_refused" {
  command = plan
  variables {
    drain_seconds = 3601
  }
  expect_failures = [var.drain_seconds]
}
