# What AWS can have made without Terraform's knowing: by a name that tells what to import, and by one that does not.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  backend "s3" {}
}

provider "aws" {
  default_tags {
    tags = { application = "cut-off" }
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_nat_gateway" "this" {
  subnet_id         = aws_subnet.this.id
  connectivity_type = "private"
}

resource "aws_security_group" "this" {
  for_each    = toset(["one group"])
  name        = "cut-off"
  description = "Of a test"
  vpc_id      = aws_vpc.this.id
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/cut-off/log"
  retention_in_days = 7
}
