variable "name" {
  description = "Prefix of all names, such as genai-gateway."
  type        = string
  nullable    = false
}

variable "cluster" {
  description = "The EKS cluster: its name, ARN and Kubernetes version, by which the add-ons' versions are chosen."
  type = object({
    name    = string
    arn     = string
    version = string
  })
  nullable = false
}

variable "addons" {
  description = "Names of the EKS add-ons to install, such as vpc-cni."
  type        = set(string)
  nullable    = false
}

variable "preserve" {
  description = "Whether the add-ons stay in the cluster when they are no longer managed here: true for a cluster that outlives the deployment."
  type        = bool
  nullable    = false
}
