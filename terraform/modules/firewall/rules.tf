locals {
  # In the order of their evaluation. A prompt may hold anything, markup, paths and exploits among it, and be of any
  # length: what looks into bodies only counts. Programs need not say what they are.
  managed_groups = merge(
    # It judges the address that connects, which behind CloudFront is CloudFront's.
    var.client_ip_header != null ? {} : {
      AWSManagedRulesAmazonIpReputationList = { priority = 30, count = [] }
    },
    {
      AWSManagedRulesKnownBadInputsRuleSet = {
        priority = 31
        count    = ["JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY"]
      }
      AWSManagedRulesCommonRuleSet = {
        priority = 32
        count = [
          "SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY",
          "EC2MetaDataSSRF_BODY", "NoUserAgent_HEADER",
        ]
      }
    },
  )

  # Where LiteLLM takes a key from.
  key_headers = ["authorization", "x-api-key", "api-key", "x-goog-api-key", "ocp-apim-subscription-key", "x-litellm-api-key"]

  # In the order of their evaluation, before the groups.
  rates = merge(
    { ip = { priority = 10, limit = var.rate_limit_per_ip, counted_by = var.client_ip_header == null ? "IP" : "FORWARDED_IP" } },
    {
      for index, header in local.key_headers :
      header => { priority = 20 + index, limit = var.rate_limit_per_key, counted_by = "CUSTOM_KEYS" }
    },
  )

  # One body for the clients of each interface: OpenAI's read error, boto3 __type and message.
  too_many = {
    message  = "Too many requests; slow down and try again."
    "__type" = "ThrottlingException"
    error    = { message = "Too many requests; slow down and try again.", type = "rate_limit_error", code = "rate_limit_exceeded" }
  }
}
