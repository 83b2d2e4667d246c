variable "certificate_arn" {
  description = "ARN of the certificate of record_name in AWS Certificate Manager, in the same region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:${var.aws_region}:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of a certificate of AWS Certificate Manager in the region ${var.aws_region}: a load balancer takes none of another region."
  }
}

variable "hosted_zone_name" {
  description = "Name of the public hosted zone of Route 53, such as example.com."
  type        = string
  nullable    = false
}

variable "record_name" {
  description = "Name that the fake LLM is reached by, such as fake-llm.example.com."
  type        = string
  nullable    = false

  validation {
    condition     = endswith(var.record_name, ".${trimsuffix(var.hosted_zone_name, ".")}")
    error_message = "record_name must be a name within hosted_zone_name, such as fake-llm.${var.hosted_zone_name}."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log group."
  type        = string
  nullable    = false
}
