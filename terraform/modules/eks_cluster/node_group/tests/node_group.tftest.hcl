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
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/made-up" }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-12345678", latest_version = 1 }
  }
}

variables {
  name              = "gateway"
  cluster           = { name = "gateway", version = "1.33" }
  subnet_ids        = ["subnet-1", "subnet-2"]
  security_group_id = "sg-cluster"
  cpu_architecture  = "arm64"
  pod_vcpus         = 2
}

run "the_defaults_fit_the_architecture" {
  assert {
    condition = (
      aws_eks_node_group.this.ami_type == "AL2023_ARM_64_STANDARD" && aws_eks_node_group.this.instance_types == tolist(["m7g.xlarge"])
      && one(aws_eks_node_group.this.scaling_config).min_size == 2 && one(aws_eks_node_group.this.scaling_config).max_size == 4
    )
    error_message = "Graviton"
  }

  assert {
    condition = (
      one(aws_launch_template.this.metadata_options).http_tokens == "required" && one(aws_launch_template.this.metadata_options).http_put_response_hop_limit == 1
      && one(one(aws_launch_template.this.block_device_mappings).ebs).encrypted == "true"
      && one(aws_launch_template.this.block_device_mappings).device_name == "/dev/xvda"
    )
    error_message = "IMDSv2 for the node alone, encrypted disk"
  }
}

run "x86_has_its_own_defaults" {
  command = plan

  variables {
    cpu_architecture = "x86_64"
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = { supported_architectures = ["x86_64"], default_vcpus = 4 }
  }

  assert {
    condition     = aws_eks_node_group.this.ami_type == "AL2023_x86_64_STANDARD" && keys(data.aws_ec2_instance_type.this) == ["m7i.xlarge"]
    error_message = "Intel"
  }
}

run "bottlerocket_gets_its_second_disk" {
  command = plan

  variables {
    size = { ami_type = "BOTTLEROCKET_ARM_64", disk_gb = 80 }
  }

  assert {
    condition     = one(aws_launch_template.this.block_device_mappings).device_name == "/dev/xvdb" && one(one(aws_launch_template.this.block_device_mappings).ebs).volume_size == 80
    error_message = "The first holds the system only"
  }
}

run "an_instance_type_of_another_architecture_is_refused" {
  command = plan

  variables {
    size = { instance_types = ["m7i.large"] }
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = { supported_architectures = ["x86_64"], default_vcpus = 4 }
  }

  expect_failures = [data.aws_ec2_instance_type.this]
}

run "an_instance_type_that_no_pod_fits_on_is_refused" {
  command = plan

  variables {
    pod_vcpus = 4
  }

  expect_failures = [data.aws_ec2_instance_type.this]
}

run "an_ami_of_another_architecture_is_refused" {
  command = plan

  variables {
    size = { ami_type = "AL2023_x86_64_STANDARD" }
  }

  expect_failures = [var.size]
}

run "amazon_linux_2_is_refused" {
  command = plan

  variables {
    size = { ami_type = "AL2_ARM_64" }
  }

  expect_failures = [var.size]
}

run "no_instance_type_is_refused" {
  command = plan

  variables {
    size = { instance_types = [] }
  }

  expect_failures = [var.size]
}

run "a_desired_capacity_above_the_maximum_is_refused" {
  command = plan

  variables {
    size = { desired_capacity = 5 }
  }

  expect_failures = [var.size]
}

run "a_small_disk_is_refused" {
  command = plan

  variables {
    size = { disk_gb = 10 }
  }

  expect_failures = [var.size]
}

run "an_unknown_architecture_is_refused" {
  command = plan

  variables {
    cpu_architecture = "arm"
  }

  expect_failures = [var.cpu_architecture]
}
