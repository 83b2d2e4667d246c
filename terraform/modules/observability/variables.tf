variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts what is on its way to subscribers. CloudWatch and AWS Budgets must be allowed to use it."
  type        = string
  nullable    = false
}

variable "emails" {
  description = "Addresses that alarms and budget alerts are sent to. Each must confirm the subscription by a link that AWS sends it. The default [] is nobody: subscribe something else to the topic."
  type        = set(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for address in var.emails : can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", address))]) && length(var.emails) <= 10
    error_message = "emails must hold at most 10 e-mail addresses, such as team@example.com; for more people use a mailing list."
  }
}

variable "load_balancer" {
  description = "The load balancer, as metrics name it: arn_suffix (app/…) and target_group_arn_suffix (targetgroup/…)."
  type = object({
    arn_suffix              = string
    target_group_arn_suffix = string
  })
  nullable = false
}

variable "database" {
  description = "The database: identifier, class (db.t4g.medium) and allocated storage in GiB. Thresholds of memory, connections and storage follow from them."
  type = object({
    identifier     = string
    instance_class = string
    storage_gb     = number
  })
  nullable = false
}

variable "cache" {
  description = "The cache: id of its replication group and number of its nodes. The default null is no cache."
  type = object({
    replication_group_id = string
    nodes                = number
  })
  default = null
}

variable "ecs" {
  description = "The service on ECS: names of its cluster and itself. The default null is another platform."
  type = object({
    cluster_name = string
    service_name = string
  })
  default = null
}

variable "eks" {
  description = "The pods on EKS: name of the cluster, namespace and name of the Deployment. Their metrics come from the add-on amazon-cloudwatch-observability; without it their alarms stay silent. The default null is another platform."
  type = object({
    cluster_name = string
    namespace    = string
    deployment   = string
  })
  default = null
}

variable "web_acl_name" {
  description = "Name of the web ACL, as its metrics have it. The default null is no firewall."
  type        = string
  default     = null
}
