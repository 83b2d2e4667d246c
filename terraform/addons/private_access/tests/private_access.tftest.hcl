mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_data "aws_ssm_parameter" {
    defaults = { insecure_value = "ami-0123456789abcdef0" }
  }
  mock_data "aws_vpc" {
    defaults = { cidr_block = "10.0.0.0/16", cidr_block_associations = [] }
  }
  mock_data "aws_vpc_endpoint_service" {
    defaults = {
      service_name                  = "com.amazonaws.eu-west-1.some"
      availability_zones            = ["eu-west-1a"]
      vpc_endpoint_policy_supported = true
    }
  }
  mock_resource "aws_instance" {
    defaults = { id = "i-0123456789abcdef0" }
  }
}

override_module {
  target = module.routes
  outputs = {
    subnets = {
      subnet-000000a0 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-a", public = false, outbound = true }
      subnet-000000a8 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-i", public = false, outbound = false }
      subnet-000000a9 = { availability_zone = "eu-west-1a", prefix_length = 24, route_table_id = "rtb-p", public = true, outbound = false }
    }
  }
}

variables {
  deployment_name        = "gateway"
  aws_region             = "eu-west-1"
  vpc_id                 = "vpc-0123456789abcdef0"
  subnet_id              = "subnet-000000a0"
  load_balancer_dns_name = "internal-gateway-1234.eu-west-1.elb.amazonaws.com"
  kms_key_arn            = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

run "nothing_reaches_the_instance_and_it_keeps_nothing_in_the_clear" {
  assert {
    condition     = aws_instance.this.associate_public_ip_address == false && aws_instance.this.subnet_id == "subnet-000000a0"
    error_message = "The instance must have no public address."
  }
  assert {
    condition     = aws_instance.this.vpc_security_group_ids == toset([aws_security_group.this.id])
    error_message = "The instance must have its own security group and no other."
  }
  assert {
    condition     = aws_instance.this.metadata_options[0].http_tokens == "required" && aws_instance.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Credentials must be had by tokens of the metadata service only, and from the instance itself."
  }
  assert {
    condition     = aws_instance.this.root_block_device[0].encrypted && aws_instance.this.root_block_device[0].kms_key_id == var.kms_key_arn
    error_message = "The volume must be encrypted with the key."
  }
}

run "the_role_can_do_what_systems_manager_needs_and_no_more" {
  assert {
    condition     = aws_iam_role_policy_attachment.managed_instance.policy_arn == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" && length(aws_iam_role_policy.session_logs) == 0
    error_message = "The role must have AmazonSSMManagedInstanceCore and no other policy."
  }
}

run "with_nat_it_makes_no_endpoint_and_speaks_https_only" {
  assert {
    condition     = length(module.endpoints) == 0
    error_message = "No endpoint must be made where there is a way out."
  }
  assert {
    condition     = [for rule in aws_vpc_security_group_egress_rule.https : [rule.cidr_ipv4, rule.from_port, rule.to_port]] == [["0.0.0.0/0", 443, 443]]
    error_message = "Only HTTPS must be let out."
  }
}

run "without_a_way_out_it_makes_endpoints_and_stays_in_the_vpc" {
  variables {
    subnet_id        = "subnet-000000a8"
    create_endpoints = ["ssm", "ssmmessages", "ec2messages"]
  }

  assert {
    condition     = toset(keys(module.endpoints[0].endpoint_ids)) == toset(["ssm", "ssmmessages", "ec2messages"])
    error_message = "The three endpoints of Systems Manager must be made."
  }
  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.https) == ["10.0.0.0/16"]
    error_message = "Only addresses of the VPC must be reached."
  }
}

run "endpoints_that_the_vpc_has_are_looked_up_and_not_made" {
  variables {
    subnet_id          = "subnet-000000a8"
    existing_endpoints = ["ssm", "ssmmessages", "ec2messages"]
  }

  assert {
    condition     = length(module.endpoints) == 0 && data.aws_vpc_endpoint.existing["ssm"].service_name == "com.amazonaws.eu-west-1.ssm"
    error_message = "Existing endpoints must be looked up by their services' names."
  }
}

run "commands_forward_to_the_load_balancer" {
  variables {
    record_name = "gateway.example.com"
    local_port  = 9443
  }

  assert {
    condition     = startswith(output.start_session_command, "aws ssm start-session --region eu-west-1 --target i-0123456789abcdef0 --document-name AWS-StartPortForwardingSessionToRemoteHost --parameters '")
    error_message = "The command must start a session that forwards a port to another host."
  }
  assert {
    condition = jsondecode(split("'", output.start_session_command)[1]) == {
      host            = ["internal-gateway-1234.eu-west-1.elb.amazonaws.com"]
      portNumber      = ["443"]
      localPortNumber = ["9443"]
    }
    error_message = "The port of this machine must lead to the load balancer's HTTPS port."
  }
  assert {
    condition     = strcontains(output.usage, output.start_session_command) && strcontains(output.usage, "https://gateway.example.com:9443")
    error_message = "The instructions must show the command and the address."
  }
  assert {
    condition     = output.shell_command == null
    error_message = "Without session logs there is no document for a shell."
  }
}

run "session_logs_are_encrypted_limited_and_written_by_the_role" {
  variables {
    session_logs = true
  }

  assert {
    condition     = aws_cloudwatch_log_group.sessions[0].kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.sessions[0].retention_in_days == 365
    error_message = "Session logs must be encrypted with the key and kept for a year."
  }
  assert {
    condition = (
      jsondecode(aws_ssm_document.shell[0].content).inputs.cloudWatchLogGroupName == aws_cloudwatch_log_group.sessions[0].name
      && jsondecode(aws_ssm_document.shell[0].content).inputs.cloudWatchEncryptionEnabled
      && jsondecode(aws_ssm_document.shell[0].content).inputs.kmsKeyId == var.kms_key_arn
    )
    error_message = "Shells must be logged, encrypted."
  }
  assert {
    condition     = length(aws_iam_role_policy.session_logs) == 1 && !contains(flatten([for statement in data.aws_iam_policy_document.session_logs[0].statement : tolist(statement.resources)]), "*")
    error_message = "The role must write session logs, and name what it writes to."
  }
  assert {
    condition     = endswith(output.shell_command, "--document-name gateway-access-shell")
    error_message = "The command for a shell must use the document that logs."
  }
}
