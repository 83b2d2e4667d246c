output "endpoint_ids" {
  description = "Service => id of its endpoint; s3 is the gateway endpoint. Whatever takes them waits until the endpoints can be reached."
  value       = merge(module.interface.endpoint_ids, { for endpoint in aws_vpc_endpoint.s3 : "s3" => endpoint.id })
}

output "security_group_id" {
  description = "Id of the interface endpoints' security group."
  value       = module.interface.security_group_id
}
