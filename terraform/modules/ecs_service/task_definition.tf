locals {
  # Neither image runs as root; the images own /config and /tmp as this user.
  user = "10001:10001"

  container_definitions = [
    for container, specific in local.containers : merge({
      name                   = container
      user                   = local.user
      readonlyRootFilesystem = true
      linuxParameters        = { initProcessEnabled = true, capabilities = { add = [], drop = ["ALL"] } }
      ulimits                = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
      environment            = [for name, value in local.environment[container] : { name = name, value = value }]
      secrets                = [for name, source in var.secrets[container] : { name = name, valueFrom = source }]
      mountPoints = [
        { sourceVolume = "config", containerPath = local.config_directory, readOnly = container != "prepare" },
        { sourceVolume = "tmp-${container}", containerPath = "/tmp", readOnly = false },
      ]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this[container].name
          awslogs-region        = local.region
          awslogs-stream-prefix = "task"
          # A CloudWatch that does not answer must not stop the answers to clients.
          mode            = "non-blocking"
          max-buffer-size = "25m"
        }
      }
    }, specific)
  ]
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.vcpus * 1024
  memory                   = local.memory_gb * 1024
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode(local.container_definitions)

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = { arm64 = "ARM64", x86_64 = "X86_64" }[var.cpu_architecture]
  }

  # Volumes of the task's own encrypted storage, gone with it.
  dynamic "volume" {
    for_each = toset(concat(["config"], [for container in keys(local.containers) : "tmp-${container}"]))

    content {
      name = volume.value
    }
  }

  lifecycle {
    # The revision before must be there to roll back to while the new one is tried.
    create_before_destroy = true
  }
}
