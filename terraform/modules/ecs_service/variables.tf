variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "ID of the VPC."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "IDs of the private subnets where tasks run, in at least two availability zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must hold at least two subnets in different availability zones, so that the service survives the loss of one."
  }
}

variable "load_balancer" {
  description = "The load balancer in front: its security group, what identifies it in metrics, its target group (type ip, port 3000) and its idle timeout in seconds, which connections of the gateway outlast."
  type = object({
    security_group_id    = string
    arn_suffix           = string
    target_group_arn     = string
    idle_timeout_seconds = number
  })
  nullable = false
}

variable "data_stores" {
  description = "What the tasks connect to besides HTTPS: port and security group of each, by static names such as database and cache."
  type = map(object({
    port              = number
    security_group_id = string
  }))
  nullable = false
}

variable "egress_ports" {
  description = "TCP ports on which tasks may connect to any address: those of the providers of models. The default is HTTPS; add the port of a model server of your own."
  type        = set(number)
  nullable    = false
  default     = [443]

  validation {
    condition     = contains(var.egress_ports, 443) && alltrue([for port in var.egress_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "egress_ports must be ports from 1 to 65535 and include 443: images, secrets, logs and Bedrock come over HTTPS."
  }
}

variable "egress_cidrs" {
  description = "IPv4 networks that tasks may connect to on egress_ports. The default is all addresses; where there is to be no way out, the VPC's own, in which its endpoints are."
  type        = list(string)
  nullable    = false
  default     = ["0.0.0.0/0"]
}

variable "egress_prefix_list_ids" {
  description = "Prefix lists that tasks may connect to over HTTPS beside egress_cidrs, by static names, such as { s3 = … }."
  type        = map(string)
  nullable    = false
  default     = {}
}

variable "images" {
  description = "Images of the two containers in ECR, by digest or by a tag that is never moved: repository@sha256:… or repository:tag."
  type = object({
    gateway = string
    litellm = string
  })
  nullable = false

  validation {
    condition     = alltrue([for image in values(var.images) : can(regex("[@:][^/]+$", image)) && !endswith(image, ":latest")])
    error_message = "Each of images must name a tag other than latest, or a digest: the same task definition must always start the same program."
  }
}

variable "repository_arns" {
  description = "ARNs of the ECR repositories that the images are pulled from. Nothing else can be pulled."
  type        = list(string)
  nullable    = false
}

variable "config" {
  description = "Where the configuration lies: bucket and prefix of litellm.yaml and, when access_policy is true, of access-policy.yaml. The prefix changes with the content (a digest), so that new content starts new tasks."
  type = object({
    bucket        = string
    prefix        = string
    access_policy = optional(bool, false)
  })
  nullable = false
}

variable "task_policy_json" {
  description = "IAM policy of the running containers: models, configuration, log of requests."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key of the secrets and the log groups."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that logs are kept in CloudWatch; the audit log is among them."
  type        = number
  nullable    = false
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a time that CloudWatch offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}
