resource "aws_iam_role" "task" {
  # A prefix: roles have no region, and the same deployment may be in two.
  name_prefix        = "${var.name}-task-"
  description        = "The running containers of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "task" {
  name   = "workload"
  role   = aws_iam_role.task.name
  policy = var.task_policy_json
}
