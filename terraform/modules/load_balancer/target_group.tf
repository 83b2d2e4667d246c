resource "aws_lb_target_group" "this" {
  # A name would stand in the way of its successor; a prefix may have six characters.
  name_prefix = "gw-"
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = var.target_port

  # Answers take from milliseconds to minutes: whoever has the fewest open has room.
  load_balancing_algorithm_type = "least_outstanding_requests"
  deregistration_delay          = var.drain_seconds

  health_check {
    path              = "/bedrock/health/readiness"
    matcher           = "200"
    interval          = 15
    timeout           = 5
    healthy_threshold = 2
    # 150 s: while the database fails over, in 60 to 120 s, no replica is ready. Were they all found unhealthy, they would
    # be replaced at once, by new ones that have to start.
    unhealthy_threshold = 10
  }

  tags = { Name = "${var.name}-gateway" }

  lifecycle {
    create_before_destroy = true
  }
}
