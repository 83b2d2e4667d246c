output "workload_policy_json" {
  description = "IAM policy of the running containers: the models, guardrails, prompts and endpoints that are named, the configuration and the log of requests."
  value       = data.aws_iam_policy_document.workload.json
}
