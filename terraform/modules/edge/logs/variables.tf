variable "name" {
  description = "Prefix of all names, with the deployment's region in it, such as genai-gateway-eu-west-1: the logs of all deployments are delivered from one region."
  type        = string
  nullable    = false
}

variable "distribution_arn" {
  description = "ARN of the distribution whose requests are logged."
  type        = string
  nullable    = false
}

variable "bucket" {
  description = "Bucket of the logs, in whichever region. It must let CloudWatch Logs of us-east-1 (delivery.logs.amazonaws.com) write below prefix."
  type        = string
  nullable    = false
}

variable "prefix" {
  description = "Where in the bucket the logs are."
  type        = string
  default     = "cloudfront"
  nullable    = false
}
