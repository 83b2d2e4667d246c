output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Primary IPv4 range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "cidrs" {
  description = "All IPv4 ranges of the VPC."
  value       = [aws_vpc.this.cidr_block]
}

output "private_subnet_ids" {
  description = "Ids of the private subnets, one for each availability zone. Whatever takes them waits for their routes."
  value       = [for zone in keys(local.zones) : aws_subnet.private[zone].id]

  depends_on = [aws_route_table_association.private, aws_route.private_nat]
}

output "private_subnets" {
  description = "Availability zone => id of its private subnet."
  value       = { for zone in keys(local.zones) : zone => aws_subnet.private[zone].id }

  depends_on = [aws_route_table_association.private, aws_route.private_nat]
}

output "public_subnet_ids" {
  description = "Ids of the public subnets, one for each availability zone; empty without an internet gateway."
  value       = [for zone in keys(local.public_cidrs) : aws_subnet.public[zone].id]

  depends_on = [aws_route_table_association.public, aws_route.public_internet]
}

output "private_route_table_ids" {
  description = "Ids of the private subnets' route tables."
  value       = [for zone in keys(local.zones) : aws_route_table.private[zone].id]
}
