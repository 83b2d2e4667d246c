data "aws_region" "this" {}

locals {
  region           = data.aws_region.this.name
  config_directory = "/config"

  # The longest that Fargate waits after SIGTERM. A stream that lasts longer is cut when its task is replaced.
  stop_timeout = 120

  environment = {
    prepare = {
      AWS_REGION        = local.region
      PREPARE_CONFIG    = "s3://${var.config.bucket}/${var.config.prefix}"
      PREPARE_DIRECTORY = local.config_directory
    }
    litellm = merge({
      AWS_REGION = local.region
      # NAT gateways forget connections after 350 silent seconds; models think longer.
      AIOHTTP_SO_KEEPALIVE = "True"
      # It copies its migrations there, and the rest of its file system is read-only.
      LITELLM_MIGRATION_DIR = "/tmp/migrations"
    }, var.environment.litellm)
    gateway = merge({
      GATEWAY_WORKERS = tostring(local.gateway_workers)
      }, var.environment.gateway, {
      AWS_REGION                 = local.region
      GATEWAY_BIND               = "0.0.0.0:3000"
      GATEWAY_LITELLM_URL        = "http://127.0.0.1:4000"
      GATEWAY_KEEP_ALIVE_TIMEOUT = tostring(var.load_balancer.idle_timeout_seconds + 30)
      GATEWAY_SHUTDOWN_TIMEOUT   = tostring(local.stop_timeout - 10)
      }, var.config.access_policy ? {
      GATEWAY_ACCESS_POLICY = "${local.config_directory}/access-policy.yaml"
    } : {})
  }

  containers = {
    prepare = {
      image     = var.images.gateway
      essential = false
      command   = ["python", "-m", "gateway.prepare"]
    }
    litellm = {
      image     = var.images.litellm
      essential = true
      command   = ["--config", "${local.config_directory}/litellm.yaml", "--host", "127.0.0.1", "--port", "4000", "--num_workers", tostring(local.litellm_workers)]
      dependsOn = [{ containerName = "prepare", condition = "SUCCESS" }]
      # Migrations of a new version may take minutes.
      healthCheck = merge(local.health_check, { command = local.answers["http://127.0.0.1:4000/health/liveliness"] })
    }
    gateway = {
      image        = var.images.gateway
      essential    = true
      command      = ["python", "-m", "gateway"]
      portMappings = [{ name = "gateway", containerPort = 3000, hostPort = 3000, protocol = "tcp" }]
      # A task is stopped in the reverse order: LiteLLM stays until the gateway has finished its requests.
      dependsOn   = [{ containerName = "prepare", condition = "SUCCESS" }, { containerName = "litellm", condition = "START" }]
      healthCheck = merge(local.health_check, { command = local.answers["http://127.0.0.1:3000/bedrock/health/liveliness"] })
      stopTimeout = local.stop_timeout
    }
  }

  health_check = { interval = 15, timeout = 5, retries = 4, startPeriod = 300 }
  answers = {
    for url in ["http://127.0.0.1:4000/health/liveliness", "http://127.0.0.1:3000/bedrock/health/liveliness"] :
    url => ["CMD", "python", "-c", "import urllib.request as r; r.urlopen('${url}', timeout=4)"]
  }
}
