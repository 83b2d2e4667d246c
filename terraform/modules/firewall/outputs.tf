output "web_acl_arn" {
  description = "ARN of the web ACL, which the load balancer has."
  value       = aws_wafv2_web_acl.this.arn

  depends_on = [aws_wafv2_web_acl_association.this]
}

output "web_acl_name" {
  description = "What CloudWatch's metrics call the web ACL; the metric of all of its rules is named so too."
  value       = aws_wafv2_web_acl.this.name
}

output "log_group_name" {
  description = "The log of what rules blocked or counted."
  value       = aws_cloudwatch_log_group.this.name
}
