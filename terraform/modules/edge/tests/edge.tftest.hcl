mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
  mock_resource "aws_cloudfront_vpc_origin" {
    defaults = { id = "vo_1" }
  }
  mock_resource "aws_cloudformation_stack" {
    defaults = { outputs = { DistributionId = "E1", DomainName = "d1.cloudfront.net" } }
  }
}

variables {
  name               = "gateway"
  load_balancer_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/gateway/1"
  listener_arn       = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/gateway/1/2"
  target_group_arn   = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/gateway/1"
  origin_domain_name = "gateway.example.com"
  origin_protocol    = "HTTPS"
  origin_header_secrets = [{
    arn        = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway/origin-header-abcdef"
    version_id = "11111111-2222-3333-4444-555555555555"
  }]
}

run "the_distribution_sends_the_header_that_the_listener_asks_for" {
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.Origins[0].OriginCustomHeaders == [{ HeaderName = "X-Origin-Verify", HeaderValue = "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway/origin-header-abcdef:SecretString:::11111111-2222-3333-4444-555555555555}}" }]
    error_message = "CloudFront must send the secret, which CloudFormation looks up"
  }
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Rule.Properties.Conditions[0].HttpHeaderConfig == { HttpHeaderName = "X-Origin-Verify", Values = [jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.Origins[0].OriginCustomHeaders[0].HeaderValue] }
    error_message = "the rule must ask for what CloudFront sends"
  }
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Rule.Properties.Actions == [{ Type = "forward", TargetGroupArn = var.target_group_arn }] && jsondecode(aws_cloudformation_stack.this.template_body).Resources.Rule.Properties.ListenerArn == var.listener_arn
    error_message = "the rule must forward to the gateway"
  }
}

run "a_new_header_is_sent_and_the_one_before_it_is_taken_as_well" {
  variables {
    origin_header_secrets = [{ arn = "arn:new", version_id = "2" }, { arn = "arn:old", version_id = "1" }]
  }
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.Origins[0].OriginCustomHeaders[*].HeaderValue == ["{{resolve:secretsmanager:arn:new:SecretString:::2}}"]
    error_message = "CloudFront must send the newest"
  }
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Rule.Properties.Conditions[0].HttpHeaderConfig.Values == ["{{resolve:secretsmanager:arn:new:SecretString:::2}}", "{{resolve:secretsmanager:arn:old:SecretString:::1}}"]
    error_message = "edges that send the old one must not be answered 403"
  }
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.DependsOn == ["Rule"]
    error_message = "a header must be taken before it is sent"
  }
}

run "two_regions_may_have_deployments_of_one_name" {
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.ClientAddress.Properties.Name == "gateway-eu-west-1-client-address"
    error_message = "CloudFront's functions have no region: it must be in the name"
  }
}

run "no_header_is_refused" {
  command = plan
  variables {
    origin_header_secrets = []
  }
  expect_failures = [var.origin_header_secrets]
}

run "three_headers_are_refused" {
  command = plan
  variables {
    origin_header_secrets = [for number in ["3", "2", "1"] : { arn = "arn:secret", version_id = number }]
  }
  expect_failures = [var.origin_header_secrets]
}

run "the_load_balancer_is_reached_inside_the_vpc" {
  assert {
    condition     = aws_cloudfront_vpc_origin.this.vpc_origin_endpoint_config[0].arn == var.load_balancer_arn && aws_cloudfront_vpc_origin.this.vpc_origin_endpoint_config[0].origin_protocol_policy == "https-only"
    error_message = "the origin must be the load balancer, by HTTPS"
  }
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.Origins[0].VpcOriginConfig == { VpcOriginId = "vo_1", OriginReadTimeout = 60, OriginKeepaliveTimeout = 60 } && jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.Origins[0].DomainName == "gateway.example.com"
    error_message = "the distribution must go through the VPC origin, to the certificate's name"
  }
}

run "another_protocol_is_another_origin" {
  variables {
    origin_protocol = "HTTP"
  }
  assert {
    condition     = aws_cloudfront_vpc_origin.this.vpc_origin_endpoint_config[0].origin_protocol_policy == "http-only"
    error_message = "the origin must be reached by HTTP"
  }
  assert {
    condition     = aws_cloudfront_vpc_origin.this.vpc_origin_endpoint_config[0].name != "gateway-${substr(sha256(jsonencode({ arn = var.load_balancer_arn, protocol = "https-only" })), 0, 8)}"
    error_message = "the two exist at one time, so their names must differ"
  }
}

run "nothing_is_cached_held_back_or_withheld_from_the_gateway" {
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.DefaultCacheBehavior.CachePolicyId == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" && jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.DefaultCacheBehavior.OriginRequestPolicyId == "216adef6-5c7f-47e4-b989-5492eafa07d3"
    error_message = "the policies must be CachingDisabled and AllViewer"
  }
  assert {
    condition     = !jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.DefaultCacheBehavior.Compress && length(jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.DefaultCacheBehavior.AllowedMethods) == 7
    error_message = "streams must not be compressed, and every method must pass"
  }
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy == "https-only" && jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.HttpVersion == "http2and3"
    error_message = "clients must speak HTTPS, up to HTTP/3"
  }
}

run "the_client_s_address_is_written_by_cloudfront" {
  assert {
    condition     = strcontains(jsondecode(aws_cloudformation_stack.this.template_body).Resources.ClientAddress.Properties.FunctionCode, "event.request.headers['true-client-ip'] = { value: event.viewer.ip };") && output.client_ip_header == "True-Client-IP"
    error_message = "the header must be what the connection says"
  }
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.DefaultCacheBehavior.FunctionAssociations == [{ EventType = "viewer-request", FunctionARN = { "Fn::GetAtt" = ["ClientAddress", "FunctionARN"] } }]
    error_message = "the function must see every request"
  }
}

run "without_a_domain_the_certificate_is_cloudfront_s" {
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.ViewerCertificate == { CloudFrontDefaultCertificate = true } && jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.Aliases == []
    error_message = "neither domain nor certificate must be needed"
  }
  assert {
    condition     = output.domain_name == "d1.cloudfront.net" && output.distribution_arn == "arn:aws:cloudfront::123456789012:distribution/E1"
    error_message = "the distribution must be told"
  }
}

run "with_a_domain_clients_speak_tls_1_2_at_least" {
  variables {
    domain_names    = ["gateway.example.com"]
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a-b"
  }
  assert {
    condition     = jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.ViewerCertificate == { AcmCertificateArn = var.certificate_arn, SslSupportMethod = "sni-only", MinimumProtocolVersion = "TLSv1.2_2021" } && jsondecode(aws_cloudformation_stack.this.template_body).Resources.Distribution.Properties.DistributionConfig.Aliases == ["gateway.example.com"]
    error_message = "the domain must have its certificate, and TLS 1.2"
  }
}

run "an_unknown_protocol_is_refused" {
  command = plan
  variables {
    origin_protocol = "https-only"
  }
  expect_failures = [var.origin_protocol]
}

run "a_read_timeout_that_cloudfront_has_not_is_refused" {
  command = plan
  variables {
    origin_read_timeout_seconds = 121
  }
  expect_failures = [var.origin_read_timeout_seconds]
}

run "a_domain_without_a_certificate_is_refused" {
  command = plan
  variables {
    domain_names = ["gateway.example.com"]
  }
  expect_failures = [var.domain_names]
}

run "a_certificate_of_another_region_is_refused" {
  command = plan
  variables {
    domain_names    = ["gateway.example.com"]
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/a-b"
  }
  expect_failures = [var.certificate_arn]
}
