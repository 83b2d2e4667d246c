locals {
  record_name = coalesce(var.record_name, "<name in the certificate>")

  start_session = join(" ", [
    "aws ssm start-session --region ${var.aws_region} --target ${aws_instance.this.id}",
    "--document-name AWS-StartPortForwardingSessionToRemoteHost",
    "--parameters '${jsonencode({
      host            = [var.load_balancer_dns_name]
      portNumber      = ["443"]
      localPortNumber = [tostring(var.local_port)]
    })}'",
  ])
}

output "instance_id" {
  description = "Id of the instance, the target of sessions."
  value       = aws_instance.this.id
}

output "security_group_id" {
  description = "Id of the instance's security group, for rules that are to let it in. The load balancer has to admit it, or the VPC's addresses."
  value       = aws_security_group.this.id
}

output "start_session_command" {
  description = "Command that forwards local_port of the user's machine to port 443 of the load balancer, until it is interrupted. Needs the AWS CLI with its Session Manager plugin."
  value       = local.start_session
}

output "shell_command" {
  description = "Command that opens a shell on the instance, whose output is logged; null without session_logs."
  value       = var.session_logs ? "aws ssm start-session --region ${var.aws_region} --target ${aws_instance.this.id} --document-name ${aws_ssm_document.shell[0].name}" : null
}

output "usage" {
  description = "How to use the forwarded port."
  value       = <<-EOT
    Install the AWS CLI and its Session Manager plugin, then run this and leave it running:

      ${local.start_session}

    The load balancer's certificate is for ${local.record_name}, so clients have to use that name. For one command:

      curl --connect-to ${local.record_name}:443:127.0.0.1:${var.local_port} https://${local.record_name}/bedrock/health/readiness

    For browsers and SDKs put "127.0.0.1 ${local.record_name}" into the hosts file of your machine and use the address

      https://${local.record_name}:${var.local_port}

    Who may do so is decided by IAM: ssm:StartSession on the instance ${aws_instance.this.id} and on the document.
  EOT
}
