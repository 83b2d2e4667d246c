# The image changes with each release of Amazon Linux, and the instance, which keeps nothing, is replaced by the next apply:
# that is how it gets its security updates.
data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}

resource "aws_instance" "this" {
  #checkov:skip=CKV_AWS_126:metrics by the minute of what only forwards a few connections cost as much as the instance
  ami                         = data.aws_ssm_parameter.image.insecure_value
  instance_type               = "t4g.nano"
  subnet_id                   = var.subnet_id
  vpc_security_group_ids      = [aws_security_group.this.id]
  iam_instance_profile        = aws_iam_instance_profile.this.name
  associate_public_ip_address = false
  ebs_optimized               = true

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    encrypted   = true
    kms_key_id  = var.kms_key_arn
    volume_type = "gp3"
    volume_size = 8
  }

  # Beyond its baseline it gets slower, not dearer.
  credit_specification {
    cpu_credits = "standard"
  }

  tags        = { Name = "${var.deployment_name}-access" }
  volume_tags = { Name = "${var.deployment_name}-access" }

  # The agent registers when the instance starts, and should succeed the first time.
  depends_on = [
    module.endpoints,
    data.aws_vpc_endpoint.existing,
    aws_vpc_security_group_egress_rule.https,
    aws_iam_role_policy_attachment.managed_instance,
    aws_iam_role_policy.session_logs,
  ]

  lifecycle {
    precondition {
      condition     = local.subnet != null
      error_message = "${var.vpc_id} has no subnet ${var.subnet_id}: name a private subnet of the VPC that the load balancer is in."
    }

    precondition {
      condition     = !try(local.subnet.public, false)
      error_message = "${var.subnet_id} is a public subnet, from which an instance without a public address reaches nothing: name a private one."
    }

    precondition {
      condition     = local.subnet == null || try(local.subnet.public, false) || length(local.unreachable) == 0
      error_message = "${var.subnet_id} has no way out of the VPC, so the instance cannot reach ${join(", ", local.unreachable)}: add to create_endpoints what the VPC lacks, and to existing_endpoints what it has."
    }
  }
}
