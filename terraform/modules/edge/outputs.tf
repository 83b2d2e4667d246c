data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

locals {
  distribution_id = aws_cloudformation_stack.this.outputs["DistributionId"]
}

output "domain_name" {
  description = "The distribution's own name."
  value       = aws_cloudformation_stack.this.outputs["DomainName"]
}

output "hosted_zone_id" {
  description = "The hosted zone of domain_name, for alias records; CloudFront has this one everywhere."
  value       = "Z2FDTNDATAQYW2"
}

output "distribution_id" {
  description = "Id of the distribution."
  value       = local.distribution_id
}

output "distribution_arn" {
  description = "ARN of the distribution, for its logs, which the module edge/logs delivers."
  value       = "arn:${data.aws_partition.this.partition}:cloudfront::${data.aws_caller_identity.this.account_id}:distribution/${local.distribution_id}"
}

output "target_group_arn" {
  description = "target_group_arn once the listener forwards to it: ECS refuses a service whose target group belongs to no load balancer."
  value       = var.target_group_arn

  depends_on = [aws_cloudformation_stack.this]
}

output "client_ip_header" {
  description = "The header in which the load balancer finds the client's address, for the module firewall."
  value       = local.client_ip_header
}

output "origin_header" {
  description = "The header with the secret, which no log may show."
  value       = local.origin_header
}
