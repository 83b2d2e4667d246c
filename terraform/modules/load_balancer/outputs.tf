output "arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "What CloudWatch's metrics call the load balancer."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "The load balancer's own name."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "The hosted zone of dns_name, for alias records."
  value       = aws_lb.this.zone_id
}

output "security_group_id" {
  description = "The load balancer's security group, which targets let in."
  value       = aws_security_group.this.id
}

output "listener_arn" {
  description = "The listener that forwards: HTTPS, or HTTP behind CloudFront without a certificate."
  value       = aws_lb_listener.this.arn
}

output "protocol" {
  description = "What the listener speaks: HTTPS or HTTP."
  value       = aws_lb_listener.this.protocol
}

output "target_group_arn" {
  description = "The group that tasks or pods register with. It can be used once the listener has it."
  value       = aws_lb_target_group.this.arn

  # ECS refuses a service whose target group belongs to no load balancer.
  depends_on = [aws_lb_listener.this]
}

output "target_group_arn_suffix" {
  description = "What CloudWatch's metrics call the target group."
  value       = aws_lb_target_group.this.arn_suffix
}

output "idle_timeout_seconds" {
  description = "How long a connection may be silent; the gateway keeps its connections longer."
  value       = aws_lb.this.idle_timeout
}
