# By CloudFormation, since aws_elasticache_user would keep the password in the state. The template has a reference, which
# CloudFormation resolves: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html

locals {
  user       = "gateway"
  user_group = var.name
  # Two at most. With the one before, tasks that have not been replaced yet, or were rolled back, still connect.
  passwords = [
    for secret in var.password_secrets : "{{resolve:secretsmanager:${secret.arn}:SecretString:::${secret.version_id}}}"
  ]
}

resource "aws_cloudformation_stack" "users" {
  #checkov:skip=CKV_AWS_124:the stack changes only while Terraform waits for it and shows its errors
  name = "${var.name}-cache-users"

  template_body = jsonencode({
    Description = "Who may use the cache of ${var.name}"
    Resources = {
      # LiteLLM and the gateway use it. Nothing dangerous, in Redis's own words, but INFO, by which LiteLLM learns the version.
      User = {
        Type = "AWS::ElastiCache::User"
        Properties = {
          UserId             = "${var.name}-${local.user}"
          UserName           = local.user
          Engine             = "valkey"
          AccessString       = "on ~* &* +@all -@dangerous +info"
          AuthenticationMode = { Type = "password", Passwords = local.passwords }
        }
      }
      # A group needs a user of this name, and one of Valkey takes none without a password. This one is off: nobody is it.
      DefaultUser = {
        Type = "AWS::ElastiCache::User"
        # One after the other: ElastiCache changes no user of a group that is being changed.
        DependsOn = ["User"]
        Properties = {
          UserId             = "${var.name}-default"
          UserName           = "default"
          Engine             = "valkey"
          AccessString       = "off ~* -@all"
          AuthenticationMode = { Type = "password", Passwords = local.passwords }
        }
      }
      Group = {
        Type = "AWS::ElastiCache::UserGroup"
        Properties = {
          UserGroupId = local.user_group
          Engine      = "valkey"
          UserIds     = [{ Ref = "DefaultUser" }, { Ref = "User" }]
        }
      }
    }
  })
}
