data "aws_region" "this" {}

# The provider has no write-only argument for the header of a distribution or the value of a listener's rule.
resource "aws_cloudformation_stack" "this" {
  #checkov:skip=CKV_AWS_124:Terraform waits for the stack and tells what failed; nobody else changes it.
  name = "${var.name}-edge"

  template_body = jsonencode({
    Description = "CloudFront in front of ${var.name}"

    Resources = {
      ClientAddress = {
        Type = "AWS::CloudFront::Function"
        Properties = {
          # CloudFront has no regions: a deployment of the same name elsewhere has a function of its own.
          Name         = "${var.name}-${data.aws_region.this.id}-client-address"
          AutoPublish  = true
          FunctionCode = local.client_address_code
          FunctionConfig = {
            Comment = "Tells the origin the client's address"
            Runtime = "cloudfront-js-2.0"
          }
        }
      }

      Distribution = {
        Type = "AWS::CloudFront::Distribution"
        # A new header is taken before it is sent.
        DependsOn  = ["Rule"]
        Properties = { DistributionConfig = local.distribution }
      }

      Rule = {
        Type = "AWS::ElasticLoadBalancingV2::ListenerRule"
        Properties = {
          ListenerArn = var.listener_arn
          # After the rules that close paths.
          Priority = 100
          Conditions = [{
            Field            = "http-header"
            HttpHeaderConfig = { HttpHeaderName = local.origin_header, Values = local.origin_header_values }
          }]
          Actions = [{ Type = "forward", TargetGroupArn = var.target_group_arn }]
        }
      }
    }

    Outputs = {
      DistributionId = { Value = { Ref = "Distribution" } }
      DomainName     = { Value = { "Fn::GetAtt" = ["Distribution", "DomainName"] } }
    }
  })

  tags = { Name = "${var.name}-edge" }

  timeouts {
    create = "45m"
    update = "45m"
    delete = "45m"
  }
}
