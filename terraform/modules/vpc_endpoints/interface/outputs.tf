output "endpoint_ids" {
  description = "Service => id of its endpoint. Whatever takes them waits until the endpoints can be reached."
  value       = { for service, endpoint in aws_vpc_endpoint.this : service => endpoint.id }

  depends_on = [aws_vpc_security_group_ingress_rule.this]
}

output "security_group_id" {
  description = "Id of the endpoints' security group."
  value       = aws_security_group.this.id
}
