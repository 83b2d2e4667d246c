locals {
  memory_gb = coalesce(var.memory_gb, 2 * var.vcpus)

  # A process of LiteLLM a vCPU, for which Fargate has 2 GiB or more; the gateway does far less work for a request.
  litellm_workers = max(1, floor(var.vcpus))
  gateway_workers = max(1, floor(var.vcpus / 2))
}
