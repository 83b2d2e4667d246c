resource "aws_cloudwatch_log_group" "sessions" {
  count = var.session_logs ? 1 : 0

  name              = "/${var.deployment_name}/access-sessions"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days
}

# A document of its own and not SSM-SessionManagerRunShell, which is the setting of the whole region.
resource "aws_ssm_document" "shell" {
  count = var.session_logs ? 1 : 0

  name            = "${var.deployment_name}-access-shell"
  document_type   = "Session"
  document_format = "JSON"

  content = jsonencode({
    schemaVersion = "1.0"
    description   = "A shell on the instance before ${var.deployment_name}, logged"
    sessionType   = "Standard_Stream"
    inputs = {
      cloudWatchLogGroupName      = aws_cloudwatch_log_group.sessions[0].name
      cloudWatchEncryptionEnabled = true
      cloudWatchStreamingEnabled  = true
      kmsKeyId                    = var.kms_key_arn
      idleSessionTimeout          = "20"
    }
  })

  tags = { Name = "${var.deployment_name}-access-shell" }
}

data "aws_iam_policy_document" "session_logs" {
  count = var.session_logs ? 1 : 0

  statement {
    sid     = "WriteSessions"
    actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = [
      aws_cloudwatch_log_group.sessions[0].arn,
      "${aws_cloudwatch_log_group.sessions[0].arn}:*",
    ]
  }

  # The agent sees by it that the log group is encrypted. A listing: AWS checks it against the log groups of the account
  # in the region, not against one.
  statement {
    sid       = "SeeEncryption"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["arn:${data.aws_partition.this.partition}:logs:${var.aws_region}:${data.aws_caller_identity.this.account_id}:log-group:*"]
  }

  statement {
    sid       = "DecryptSession"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
  }
}

resource "aws_iam_role_policy" "session_logs" {
  count = var.session_logs ? 1 : 0

  name   = "session-logs"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.session_logs[0].json
}
