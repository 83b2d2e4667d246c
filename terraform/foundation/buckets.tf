# Three, since they differ in who writes and who may read: the configuration is read by every task. What was asked of
# models and answered is as confidential as the database, so it has the key. Access logs cannot have it: a load balancer
# delivers only to a bucket that S3 encrypts with keys of its own.

# All of AWS shares one name space.
locals {
  bucket_names = {
    for use in ["config", "requests", "access"] : use => "${var.deployment_name}-${use}-${local.account}-${var.aws_region}"
  }
}

module "config_bucket" {
  source = "./bucket"

  name              = local.bucket_names.config
  kms_key_arn       = aws_kms_key.this.arn
  access_log_bucket = module.access_log_bucket.name
  force_destroy     = var.force_destroy
}

module "log_bucket" {
  source = "./bucket"

  name              = local.bucket_names.requests
  kms_key_arn       = aws_kms_key.this.arn
  access_log_bucket = module.access_log_bucket.name
  expiration_days   = var.log_expiration_days
  force_destroy     = var.force_destroy
}

module "access_log_bucket" {
  source = "./bucket"

  name            = local.bucket_names.access
  policies        = [data.aws_iam_policy_document.access_logs.json]
  expiration_days = var.log_expiration_days
  force_destroy   = var.force_destroy
}
