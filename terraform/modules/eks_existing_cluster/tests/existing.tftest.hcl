mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_data "aws_ec2_instance_type" {
    defaults = { supported_architectures = ["arm64"], default_vcpus = 4 }
  }
  mock_data "aws_eks_addon_version" {
    defaults = { version = "v1.0.0-eksbuild.1" }
  }
  mock_data "aws_eks_clusters" {
    defaults = { names = ["company"] }
  }
  mock_data "aws_eks_cluster" {
    defaults = {
      arn            = "arn:aws:eks:eu-west-1:123456789012:cluster/company"
      version        = "1.33"
      status         = "ACTIVE"
      endpoint       = "https://made-up.eks.amazonaws.com"
      vpc_config     = [{ cluster_security_group_id = "sg-cluster", vpc_id = "vpc-1" }]
      access_config  = [{ authentication_mode = "API_AND_CONFIG_MAP" }]
      compute_config = []
    }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/made-up" }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-12345678", latest_version = 1 }
  }
}

variables {
  name         = "gateway"
  cluster_name = "company"
  vpc_id       = "vpc-1"
  subnet_ids   = ["subnet-1", "subnet-2"]
  load_balancer = {
    security_group_id = "sg-balancer"
    target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/gateway/73e2d6bc24d8a067"
  }
  workload_policies = { workload = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
}

run "by_default_the_cluster_is_used_as_it_is" {
  assert {
    condition     = length(module.addons) == 0 && length(module.network_addons) == 0 && length(module.node_group) == 0 && output.load_balancer_controller == null && output.cluster_autoscaler == null
    error_message = "Only the pods' role and the load balancer's way in are made"
  }

  assert {
    condition     = output.security_group_id == "sg-cluster" && output.cluster_name == "company" && !output.auto_mode
    error_message = "What others refer to"
  }
}

run "nodes_with_a_security_group_of_their_own_are_reached" {
  command = plan

  variables {
    node_security_group_id = "sg-nodes"
  }

  assert {
    condition     = output.security_group_id == "sg-nodes"
    error_message = "The nodes', not the cluster's"
  }
}

run "everything_that_is_missing_is_installed" {
  variables {
    addons                           = ["coredns", "eks-pod-identity-agent", "kube-proxy", "metrics-server", "vpc-cni"]
    install_load_balancer_controller = true
    node_group                       = {}
  }

  assert {
    condition = (
      keys(module.network_addons[0].versions) == ["eks-pod-identity-agent", "kube-proxy", "vpc-cni"]
      && keys(module.addons[0].versions) == ["coredns", "metrics-server"] && length(module.node_group) == 1
      && output.load_balancer_controller.namespace == "kube-system" && output.cluster_autoscaler.namespace == "kube-system"
      && length(data.aws_eks_addon.pod_identity_agent_must_be_installed) == 0
    )
    error_message = "Add-ons, nodes and the controller's role"
  }
}

run "auto_mode_is_seen" {
  command = plan

  override_data {
    target = data.aws_eks_cluster.this
    values = {
      status         = "ACTIVE"
      vpc_config     = [{ cluster_security_group_id = "sg-cluster", vpc_id = "vpc-1" }]
      access_config  = [{ authentication_mode = "API" }]
      compute_config = [{ enabled = true }]
    }
  }

  assert {
    condition     = output.auto_mode && length(data.aws_eks_addon.pod_identity_agent_must_be_installed) == 0
    error_message = "It has its own controller"
  }
}

run "nothing_is_installed_in_auto_mode" {
  command = plan

  variables {
    addons = ["coredns"]
  }

  override_data {
    target = data.aws_eks_cluster.this
    values = {
      status         = "ACTIVE"
      vpc_config     = [{ cluster_security_group_id = "sg-cluster", vpc_id = "vpc-1" }]
      access_config  = [{ authentication_mode = "API" }]
      compute_config = [{ enabled = true }]
    }
  }

  expect_failures = [data.aws_eks_cluster.this]
}

run "a_cluster_that_does_not_exist_is_refused" {
  command = plan

  variables {
    cluster_name = "another"
  }

  expect_failures = [data.aws_eks_clusters.this]
}

run "a_cluster_that_is_not_active_is_refused" {
  command = plan

  override_data {
    target = data.aws_eks_cluster.this
    values = {
      status         = "UPDATING"
      vpc_config     = [{ cluster_security_group_id = "sg-cluster", vpc_id = "vpc-1" }]
      access_config  = [{ authentication_mode = "API" }]
      compute_config = []
    }
  }

  expect_failures = [data.aws_eks_cluster.this]
}

run "a_cluster_in_another_vpc_is_refused" {
  command = plan

  variables {
    vpc_id = "vpc-2"
  }

  expect_failures = [data.aws_eks_cluster.this]
}

run "the_agent_that_gives_pods_their_role_is_looked_for" {
  command = plan

  assert {
    condition     = data.aws_eks_addon.pod_identity_agent_must_be_installed[0].addon_name == "eks-pod-identity-agent"
    error_message = "It must be there"
  }
}

run "only_the_addons_that_are_named_are_installed" {
  command = plan

  variables {
    addons = ["coredns", "vpc-cni"]
  }

  assert {
    condition     = keys(module.network_addons[0].versions) == ["vpc-cni"] && keys(module.addons[0].versions) == ["coredns"]
    error_message = "Not those that the cluster has"
  }
}

run "an_unknown_addon_is_refused" {
  command = plan

  variables {
    addons = ["aws-ebs-csi-driver"]
  }

  expect_failures = [var.addons]
}

run "a_security_group_of_nodes_that_are_made_here_is_refused" {
  command = plan

  variables {
    node_security_group_id = "sg-nodes"
    node_group             = {}
  }

  expect_failures = [var.node_security_group_id]
}

run "an_unknown_architecture_is_refused" {
  command = plan

  variables {
    cpu_architecture = "arm"
  }

  expect_failures = [var.cpu_architecture]
}

run "a_namespace_with_capitals_is_refused" {
  command = plan

  variables {
    namespace = "Gateway"
  }

  expect_failures = [var.namespace]
}

run "a_service_account_with_capitals_is_refused" {
  command = plan

  variables {
    service_account = "Gateway"
  }

  expect_failures = [var.service_account]
}
