locals {
  origin_header    = "X-Origin-Verify"
  client_ip_header = "True-Client-IP"

  # CloudFormation looks the secret up when it makes a resource: it is in no state, plan or template.
  origin_header_values = [
    for secret in var.origin_header_secrets : "{{resolve:secretsmanager:${secret.arn}:SecretString:::${secret.version_id}}}"
  ]

  distribution = {
    Enabled     = true
    Comment     = var.name
    Aliases     = var.domain_names
    HttpVersion = "http2and3"
    IPV6Enabled = true

    Origins = [{
      Id         = "load-balancer"
      DomainName = var.origin_domain_name
      VpcOriginConfig = {
        VpcOriginId            = aws_cloudfront_vpc_origin.this.id
        OriginReadTimeout      = var.origin_read_timeout_seconds
        OriginKeepaliveTimeout = 60
      }
      OriginCustomHeaders = [{ HeaderName = local.origin_header, HeaderValue = local.origin_header_values[0] }]
    }]

    DefaultCacheBehavior = {
      TargetOriginId       = "load-balancer"
      ViewerProtocolPolicy = "https-only"
      AllowedMethods       = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
      CachedMethods        = ["GET", "HEAD"]
      # CloudFront would hold a stream back to compress it.
      Compress = false
      # AWS's own policies CachingDisabled and AllViewer; their ids are the same in every account.
      CachePolicyId         = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
      OriginRequestPolicyId = "216adef6-5c7f-47e4-b989-5492eafa07d3"
      FunctionAssociations = [{
        EventType   = "viewer-request"
        FunctionARN = { "Fn::GetAtt" = ["ClientAddress", "FunctionARN"] }
      }]
    }

    ViewerCertificate = { for name, value in {
      CloudFrontDefaultCertificate = var.certificate_arn == null ? true : null
      AcmCertificateArn            = var.certificate_arn
      SslSupportMethod             = var.certificate_arn == null ? null : "sni-only"
      MinimumProtocolVersion       = var.certificate_arn == null ? null : "TLSv1.2_2021"
    } : name => value if value != null }
  }

  # What X-Forwarded-For starts with is the client's to say; this header is not.
  client_address_code = <<-EOT
    function handler(event) {
      event.request.headers['${lower(local.client_ip_header)}'] = { value: event.viewer.ip };
      return event.request;
    }
  EOT
}
