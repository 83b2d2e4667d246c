resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:The logs of a load test are of no use a year later
  name              = "/${var.fake_llm_name}/ecs/fake-llm"
  retention_in_days = 30
  kms_key_id        = var.kms_key_arn
}

resource "aws_ecs_cluster" "this" {
  name = var.fake_llm_name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.fake_llm_name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.vcpus * 1024
  memory                   = var.vcpus * 2048
  execution_role_arn       = aws_iam_role.execution.arn

  container_definitions = jsonencode([{
    name                   = "fake-llm"
    image                  = var.image
    essential              = true
    command                = ["python", "-m", "deployer.fake_llm", "--host", "0.0.0.0", "--port", "4010"]
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    portMappings           = [{ name = "fake-llm", containerPort = 4010, hostPort = 4010, protocol = "tcp" }]
    linuxParameters        = { initProcessEnabled = true, capabilities = { add = [], drop = ["ALL"] } }
    ulimits                = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.aws_region
        awslogs-stream-prefix = "task"
        mode                  = "non-blocking"
      }
    }
  }])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = { arm64 = "ARM64", x86_64 = "X86_64" }[var.cpu_architecture]
  }
}

resource "aws_ecs_service" "this" {
  name                    = var.fake_llm_name
  cluster                 = aws_ecs_cluster.this.arn
  task_definition         = aws_ecs_task_definition.this.arn
  desired_count           = var.desired_capacity
  launch_type             = "FARGATE"
  platform_version        = "LATEST"
  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"
  wait_for_steady_state   = true

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets         = var.private_subnet_ids
    security_groups = [aws_security_group.tasks.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = "fake-llm"
    container_port   = 4010
  }

  depends_on = [aws_lb_listener.https, aws_iam_role_policy.execution, aws_vpc_security_group_egress_rule.tasks]
}
