# The real provider, which is asked for nothing but documents: the policies are tested as IAM gets them.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "made-up"
  secret_key                  = "made-up"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name              = "gateway"
  cluster_name      = "gateway"
  cluster_arn       = "arn:aws:eks:eu-west-1:123456789012:cluster/gateway"
  namespace         = "genai-gateway"
  service_account   = "gateway"
  policies          = { workload = "{\"Version\":\"2012-10-17\",\"Statement\":[]}", secrets = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  security_group_id = "sg-cluster"
  load_balancer = {
    security_group_id = "sg-balancer"
    target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/gateway/73e2d6bc24d8a067"
  }
  load_balancer_controller = false
}

run "only_its_pods_take_the_role" {
  command = plan

  assert {
    condition = jsonencode(one(jsondecode(data.aws_iam_policy_document.assume["workload"].json).Statement).Condition) == jsonencode({
      ArnEquals = { "aws:RequestTag/eks-cluster-arn" = "arn:aws:eks:eu-west-1:123456789012:cluster/gateway" }
      StringEquals = {
        "aws:RequestTag/kubernetes-namespace"       = "genai-gateway"
        "aws:RequestTag/kubernetes-service-account" = "gateway"
      }
    })
    error_message = "Cluster, namespace and service account"
  }

  assert {
    condition     = keys(aws_iam_role_policy.workload) == ["secrets", "workload"] && keys(aws_eks_pod_identity_association.this) == ["workload"]
    error_message = "The policies that are given, on one role"
  }

  assert {
    condition     = length(aws_iam_role_policy.controller) == 0 && output.load_balancer_controller == null
    error_message = "No controller, no role for it"
  }
}

run "the_load_balancer_reaches_the_gateway_and_nothing_else" {
  command = plan

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.load_balancer.referenced_security_group_id == "sg-balancer"
      && aws_vpc_security_group_ingress_rule.load_balancer.from_port == 3000 && aws_vpc_security_group_ingress_rule.load_balancer.to_port == 3000
    )
    error_message = "Port 3000"
  }
}

run "the_controller_registers_with_this_target_group_alone" {
  command = plan

  variables {
    load_balancer_controller = true
  }

  assert {
    condition = (
      one([for s in jsondecode(aws_iam_role_policy.controller[0].policy).Statement : s.Resource if s.Sid == "RegisterPods"]) == var.load_balancer.target_group_arn
      && alltrue(flatten([for s in jsondecode(aws_iam_role_policy.controller[0].policy).Statement : [for action in s.Action : strcontains(action, ":Describe")] if s.Resource == "*"]))
    )
    error_message = "Everything else is reading"
  }

  assert {
    condition     = aws_eks_pod_identity_association.this["controller"].namespace == "kube-system" && aws_eks_pod_identity_association.this["controller"].service_account == "aws-load-balancer-controller"
    error_message = "Where the controller runs"
  }
}

run "the_controller_may_look_for_security_groups" {
  command = plan

  variables {
    load_balancer_controller = true
  }

  assert {
    condition     = contains(flatten(jsondecode(aws_iam_role_policy.controller[0].policy).Statement[*].Action), "ec2:DescribeSecurityGroups")
    error_message = "It does before it registers anything"
  }
}

run "the_autoscaler_scales_the_nodes_of_this_cluster_alone" {
  command = plan

  variables {
    autoscaled = true
  }

  assert {
    condition = alltrue([
      for s in jsondecode(aws_iam_role_policy.autoscaler[0].policy).Statement :
      try(s.Condition.StringEquals["aws:ResourceTag/k8s.io/cluster-autoscaler/gateway"], "") == "owned"
      || s.Resource == "arn:aws:eks:eu-west-1:123456789012:nodegroup/gateway/*"
      || alltrue([for action in flatten([s.Action]) : can(regex(":(Describe|Get)", action))])
    ])
    error_message = "By the tag that EKS gives their group; everything else is reading"
  }

  assert {
    condition = (
      aws_eks_pod_identity_association.this["autoscaler"].namespace == "kube-system"
      && aws_eks_pod_identity_association.this["autoscaler"].service_account == "cluster-autoscaler"
    )
    error_message = "Where the autoscaler runs"
  }
}

run "pods_without_permissions_are_refused" {
  command = plan

  variables {
    policies = {}
  }

  expect_failures = [var.policies]
}
