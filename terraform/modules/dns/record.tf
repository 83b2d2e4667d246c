resource "aws_route53_record" "this" {
  for_each = toset(var.target.ipv6 ? ["A", "AAAA"] : ["A"])

  zone_id = local.zone_id
  name    = var.record_name
  type    = each.value

  alias {
    name                   = var.target.dns_name
    zone_id                = var.target.zone_id
    evaluate_target_health = false
  }
}
