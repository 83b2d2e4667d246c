locals {
  defaults = {
    arm64  = { instance_types = ["m7g.xlarge"], ami_type = "AL2023_ARM_64_STANDARD" }
    x86_64 = { instance_types = ["m7i.xlarge"], ami_type = "AL2023_x86_64_STANDARD" }
  }[var.cpu_architecture]
  instance_types = var.size.instance_types == null ? local.defaults.instance_types : var.size.instance_types
  ami_type       = coalesce(var.size.ami_type, local.defaults.ami_type)
  bottlerocket   = startswith(local.ami_type, "BOTTLEROCKET")
}

data "aws_ec2_instance_type" "this" {
  for_each = toset(local.instance_types)

  instance_type = each.value

  lifecycle {
    postcondition {
      condition     = contains(self.supported_architectures, var.cpu_architecture)
      error_message = "The instance type ${each.value} has no ${var.cpu_architecture} processor: choose one that has (for arm64 with a g in its family, such as m7g.large), or change cpu_architecture and build the images for it."
    }

    postcondition {
      condition     = self.default_vcpus > var.pod_vcpus
      error_message = "The instance type ${each.value} has ${self.default_vcpus} vCPUs, and a pod asks for ${var.pod_vcpus}, which leaves nothing for the node itself: choose a larger type, or fewer vcpus."
    }
  }
}

resource "aws_launch_template" "this" {
  name_prefix            = "${var.name}-node-"
  description            = "Nodes of ${var.name}"
  vpc_security_group_ids = [var.security_group_id]

  block_device_mappings {
    # Bottlerocket keeps images and logs on its second disk.
    device_name = local.bottlerocket ? "/dev/xvdb" : "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = var.size.disk_gb
      delete_on_termination = true
      # With the account's key for EBS: a key of one's own would have to be granted to EC2 Auto Scaling, and the disk holds
      # images and temporary files only.
      encrypted = true
    }
  }

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
    # Pods are a hop further: they cannot take the role of their node.
    http_put_response_hop_limit = 1
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "${var.name}-node" }
  }

  tag_specifications {
    resource_type = "volume"
    tags          = { Name = "${var.name}-node" }
  }
}

resource "aws_eks_node_group" "this" {
  cluster_name           = var.cluster.name
  node_group_name_prefix = "${var.name}-"
  version                = var.cluster.version
  node_role_arn          = aws_iam_role.this.arn
  subnet_ids             = var.subnet_ids
  ami_type               = local.ami_type
  instance_types         = [for type in local.instance_types : data.aws_ec2_instance_type.this[type].instance_type]

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  scaling_config {
    min_size     = var.size.min_capacity
    desired_size = var.size.desired_capacity
    max_size     = var.size.max_capacity
  }

  update_config {
    max_unavailable = 1
  }

  node_repair_config {
    enabled = true
  }

  lifecycle {
    create_before_destroy = true
    # Whatever scales the nodes changes it.
    ignore_changes = [scaling_config[0].desired_size]
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}
