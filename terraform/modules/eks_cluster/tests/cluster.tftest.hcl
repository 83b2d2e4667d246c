mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012", arn = "arn:aws:sts::123456789012:assumed-role/deployer/session" }
  }
  mock_data "aws_iam_session_context" {
    defaults = { issuer_arn = "arn:aws:iam::123456789012:role/deployer" }
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
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/made-up" }
  }
  mock_resource "aws_eks_cluster" {
    defaults = {
      arn        = "arn:aws:eks:eu-west-1:123456789012:cluster/gateway"
      vpc_config = { cluster_security_group_id = "sg-cluster", vpc_id = "vpc-1" }
    }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-12345678", latest_version = 1 }
  }
}

variables {
  name        = "gateway"
  subnet_ids  = ["subnet-1", "subnet-2"]
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  load_balancer = {
    security_group_id = "sg-balancer"
    target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/gateway/73e2d6bc24d8a067"
  }
  workload_policies = {
    workload = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    secrets  = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
  }
}

run "auto_mode_brings_nodes_storage_and_load_balancing" {
  assert {
    condition = (
      one(aws_eks_cluster.this.compute_config).enabled && one(one(aws_eks_cluster.this.kubernetes_network_config).elastic_load_balancing).enabled
      && one(one(aws_eks_cluster.this.storage_config).block_storage).enabled && !aws_eks_cluster.this.bootstrap_self_managed_addons
    )
    error_message = "All three, as EKS demands"
  }

  assert {
    condition     = keys(aws_iam_role_policy_attachment.cluster) == ["AmazonEKSBlockStoragePolicy", "AmazonEKSClusterPolicy", "AmazonEKSComputePolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy"]
    error_message = "What Auto Mode needs"
  }

  assert {
    condition     = length(module.node_group) == 0 && output.load_balancer_controller == null && output.cluster_autoscaler == null && output.auto_mode
    error_message = "No nodes and no controller of our own"
  }

  assert {
    condition     = output.security_group_id == "sg-cluster" && output.namespace == "genai-gateway" && output.service_account == "gateway"
    error_message = "What others refer to"
  }
}

run "secrets_and_logs_are_encrypted_and_the_api_is_private" {
  command = plan

  assert {
    condition = (
      one(aws_eks_cluster.this.encryption_config).resources == toset(["secrets"])
      && one(one(aws_eks_cluster.this.encryption_config).provider).key_arn == var.kms_key_arn
      && alltrue([for group in aws_cloudwatch_log_group.this : group.kms_key_id == var.kms_key_arn && group.retention_in_days == 365])
    )
    error_message = "With the key that is given"
  }

  assert {
    condition     = one(aws_eks_cluster.this.vpc_config).endpoint_private_access && !one(aws_eks_cluster.this.vpc_config).endpoint_public_access
    error_message = "Reached within the VPC alone"
  }

  assert {
    condition     = length(aws_eks_cluster.this.enabled_cluster_log_types) == 5
    error_message = "All logs of the control plane"
  }
}

run "the_api_is_open_to_the_named_networks" {
  command = plan

  variables {
    public_access_cidrs = ["203.0.113.0/24"]
  }

  assert {
    condition     = one(aws_eks_cluster.this.vpc_config).endpoint_public_access && one(aws_eks_cluster.this.vpc_config).public_access_cidrs == toset(["203.0.113.0/24"])
    error_message = "To no others"
  }
}

run "who_deploys_administers_the_cluster" {
  command = plan

  assert {
    condition = (
      [for entry in aws_eks_access_entry.this : entry.principal_arn] == ["arn:aws:iam::123456789012:role/deployer"]
      && one(aws_eks_cluster.this.access_config).authentication_mode == "API"
      && !one(aws_eks_cluster.this.access_config).bootstrap_cluster_creator_admin_permissions
    )
    error_message = "By an access entry for the role of the session"
  }
}

run "who_deploys_later_does_not_take_the_first_one_s_place" {
  command = plan

  override_data {
    target = data.aws_iam_session_context.this
    values = { issuer_arn = "arn:aws:iam::123456789012:role/second" }
  }

  assert {
    condition     = [for entry in aws_eks_access_entry.this : entry.principal_arn] == ["arn:aws:iam::123456789012:role/deployer"]
    error_message = "The first stays"
  }
}

run "each_cluster_has_its_own_name_and_log_groups" {
  assert {
    condition = (
      output.cluster_name == "gateway-${lower(substr(aws_iam_role.cluster.unique_id, -6, -1))}" && length(output.cluster_name) == 14
      && alltrue([for group in aws_cloudwatch_log_group.this : strcontains(group.name, "/${output.cluster_name}/")])
    )
    error_message = "By the role's unique ID"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.api) == 0
    error_message = "No network reaches the API unless it is named"
  }
}

run "the_api_is_reached_from_the_named_networks_in_the_vpc" {
  variables {
    private_access_cidrs = ["10.0.0.0/16"]
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.api["0"].cidr_ipv4 == "10.0.0.0/16" && aws_vpc_security_group_ingress_rule.api["0"].from_port == 443
      && aws_vpc_security_group_ingress_rule.api["0"].to_port == 443 && aws_vpc_security_group_ingress_rule.api["0"].security_group_id == "sg-cluster"
    )
    error_message = "HTTPS, to the cluster's security group"
  }
}

run "a_node_group_comes_with_what_nodes_need" {
  variables {
    compute = "node_group"
  }

  assert {
    condition     = keys(module.network_addons[0].versions) == ["eks-pod-identity-agent", "kube-proxy", "vpc-cni"] && contains(keys(module.addons.versions), "coredns")
    error_message = "The add-ons that Auto Mode has built in"
  }

  assert {
    condition     = length(module.node_group) == 1 && !one(aws_eks_cluster.this.compute_config).enabled && length(aws_iam_role.auto_node) == 0
    error_message = "A node group, no Auto Mode"
  }

  assert {
    condition = (
      output.load_balancer_controller.service_account == "aws-load-balancer-controller"
      && output.cluster_autoscaler.service_account == "cluster-autoscaler" && !output.auto_mode
    )
    error_message = "Controller and autoscaler need their roles"
  }
}

run "who_deploys_must_not_be_locked_out" {
  command = plan

  variables {
    admin_arns = ["arn:aws:iam::123456789012:role/somebody-else"]
  }

  expect_failures = [aws_eks_access_entry.this]
}
