locals {
  common = [
    "bedrock",
    "bedrock-agent",
    "bedrock-agent-runtime",
    "bedrock-runtime",
    "ecr.api",
    "ecr.dkr",
    "kms",
    "logs",
    "monitoring",
    "sagemaker.runtime",
    "secretsmanager",
    "sts",
  ]

  # What nodes, their agents and the controllers in a cluster call. Nothing in it calls WAF: the load balancer, which
  # the firewall is attached to, is not made by a controller.
  kubernetes = [
    "autoscaling",
    "ec2",
    "ec2messages",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "ssm",
    "ssmmessages",
  ]

  by_platform = {
    ecs = local.common
    eks = concat(local.common, local.kubernetes)
  }

  all_services = toset(concat(["s3"], local.common, local.kubernetes))
}

module "interface" {
  source = "./interface"

  name      = var.name
  vpc_id    = var.vpc_id
  vpc_cidrs = var.vpc_cidrs
  subnets   = var.subnets
  services  = setsubtract(local.by_platform[var.platform], var.omit_services)
}
