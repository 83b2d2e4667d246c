variable "parameter_value" {
  description = "What the parameter holds."
  type        = string
  default     = "default"
}

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  backend "s3" {}
}

resource "aws_ssm_parameter" "this" {
  name  = "/scenario/parameter"
  type  = "String"
  value = var.parameter_value
}

output "parameter" {
  description = "Its name."
  value       = aws_ssm_parameter.this.name
}
