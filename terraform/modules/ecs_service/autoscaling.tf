resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.min_capacity
  max_capacity       = var.max_capacity
}

locals {
  scaling = merge({
    cpu    = { metric = "ECSServiceAverageCPUUtilization", target = var.cpu_target_percent, label = null }
    memory = { metric = "ECSServiceAverageMemoryUtilization", target = var.memory_target_percent, label = null }
    }, var.requests_target == null ? {} : {
    requests = {
      metric = "ALBRequestCountPerTarget"
      target = var.requests_target
      label  = "${var.load_balancer.arn_suffix}/${element(split(":", var.load_balancer.target_group_arn), 5)}"
    }
  })
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.scaling

  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.target
    scale_out_cooldown = 60
    # Longer than a new task takes to be ready, so that a short lull does not undo a scale-out.
    scale_in_cooldown = 300

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
      resource_label         = each.value.label
    }
  }
}
