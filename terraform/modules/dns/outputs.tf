output "fqdn" {
  description = "The name under which clients find the gateway."
  value       = aws_route53_record.this["A"].fqdn

  depends_on = [aws_route53_record.this]
}

output "zone_id" {
  description = "The hosted zone that has the record."
  value       = local.zone_id
}
