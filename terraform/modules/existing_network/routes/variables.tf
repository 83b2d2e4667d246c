variable "vpc_id" {
  description = "Id of the VPC whose subnets are read."
  type        = string
  nullable    = false
}
