terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Bucket, key, region and lock file come with `terraform init -backend-config=…`. Both platforms keep the same state:
  # to apply the other one is to move the deployment there.
  backend "s3" {}
}

provider "aws" {
  region = var.aws_region

  default_tags {
    tags = merge(var.resource_tags, { application = var.deployment_name })
  }
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"

  default_tags {
    tags = merge(var.resource_tags, { application = var.deployment_name })
  }
}
