resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enhanced"
  }
}

resource "aws_ecs_service" "this" {
  name                               = var.name
  cluster                            = aws_ecs_cluster.this.arn
  task_definition                    = aws_ecs_task_definition.this.arn
  desired_count                      = var.desired_capacity
  launch_type                        = "FARGATE"
  platform_version                   = "LATEST"
  availability_zone_rebalancing      = "ENABLED"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 300
  enable_execute_command             = false
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  wait_for_steady_state              = true

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets         = var.subnet_ids
    security_groups = [aws_security_group.this.id]
  }

  load_balancer {
    target_group_arn = var.load_balancer.target_group_arn
    container_name   = "gateway"
    container_port   = 3000
  }

  timeouts {
    create = "20m"
    update = "30m"
    # Tasks finish their requests first.
    delete = "20m"
  }

  lifecycle {
    # Scaling changes it.
    ignore_changes = [desired_count]

    # A steady service is not yet the new one: after a rollback, it runs the old tasks.
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.this.arn
      error_message = "The new tasks did not become healthy, and ECS went back to the old ones. The events of the service and the logs of the stopped tasks say why; mend that and apply again."
    }
  }

  # Tasks start at once, and stop last.
  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_egress_rule.anywhere,
    aws_vpc_security_group_egress_rule.data_stores,
    aws_vpc_security_group_ingress_rule.load_balancer,
  ]
}
