variable "vpc_cidr" {
  description = "Addresses of the new VPC, /16 to /22. Not used with existing_vpc_id."
  type        = string
  default     = "10.0.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && can(regex("^[0-9.]+/(?:1[6-9]|2[0-2])$", var.vpc_cidr))
    error_message = "vpc_cidr must be an IPv4 network between /16 and /22, such as 10.0.0.0/16: AWS takes none that is larger, and a smaller one has no room for the subnets."
  }

  validation {
    condition     = try("${cidrhost(var.vpc_cidr, 0)}/${split("/", var.vpc_cidr)[1]}" == var.vpc_cidr, true)
    error_message = "vpc_cidr must begin with the first address of its network: 10.1.0.0/16, not 10.1.2.3/16."
  }

  validation {
    condition     = can(regex("^(?:10\\.|172\\.(?:1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.|100\\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.)", var.vpc_cidr))
    error_message = "vpc_cidr must be a private network: in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10."
  }
}

variable "nat_gateways" {
  description = "NAT gateways of the new VPC: one_per_zone survives the loss of a zone, one costs less. There are none with disable_outbound_network_access."
  type        = string
  default     = "one_per_zone"
  nullable    = false

  validation {
    condition     = contains(["one", "one_per_zone"], var.nat_gateways)
    error_message = "nat_gateways must be one or one_per_zone."
  }
}

variable "existing_vpc_id" {
  description = "A VPC to use in place of a new one: private subnets in two zones, DNS on; public subnets and NAT as far as they are needed. Empty makes a new one."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.existing_vpc_id == "" || can(regex("^vpc-[0-9a-f]{8,17}$", var.existing_vpc_id))
    error_message = "existing_vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0, or empty for a new VPC."
  }
}

variable "existing_private_subnet_ids" {
  description = "Private subnets of the existing VPC, in two zones. One in each zone. Empty: found by their routes, the first by id in each zone; name them where subnets come and go."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.existing_private_subnet_ids) == 0 || var.existing_vpc_id != ""
    error_message = "existing_private_subnet_ids needs existing_vpc_id: set the VPC that the subnets are in, or leave both empty for a new one."
  }
}

variable "existing_public_subnet_ids" {
  description = "Public subnets of the existing VPC, in two zones. One in each zone. Empty: found by their routes."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.existing_public_subnet_ids) == 0 || var.existing_vpc_id != ""
    error_message = "existing_public_subnet_ids needs existing_vpc_id: set the VPC that the subnets are in, or leave both empty for a new one."
  }
}

variable "disable_outbound_network_access" {
  description = "Whether the workload has no way to the internet: no NAT gateway, AWS services by VPC endpoints. Then only models of Bedrock and SageMaker can be reached."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.disable_outbound_network_access || var.okta_issuer == ""
    error_message = "okta_issuer cannot be reached with disable_outbound_network_access: tokens are verified with the issuer's keys, which are on the internet. Unset one of the two."
  }

  validation {
    condition     = !var.disable_outbound_network_access || length(setsubtract(var.bedrock_regions, [var.aws_region])) == 0
    error_message = "bedrock_regions must not name other regions with disable_outbound_network_access: VPC endpoints lead to Bedrock in aws_region alone. Use inference profiles, or allow outbound access."
  }

  validation {
    condition     = !var.disable_outbound_network_access || (var.langfuse_host == "" && var.langsmith_project == "")
    error_message = "langfuse_host and langsmith_project cannot be reached with disable_outbound_network_access. Unset them, or allow outbound access."
  }
}

variable "create_vpc_endpoints_in_existing_vpc" {
  description = "Whether VPC endpoints for the AWS services in use are made in the existing VPC. A new VPC without outbound access always has them."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.create_vpc_endpoints_in_existing_vpc || var.existing_vpc_id != ""
    error_message = "create_vpc_endpoints_in_existing_vpc needs existing_vpc_id. A new VPC has endpoints whenever disable_outbound_network_access is true."
  }
}

variable "omit_vpc_endpoints" {
  description = "Services for which no VPC endpoint is made or demanded, such as s3 or ecr.api, because the VPC reaches them otherwise or the region offers none."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "egress_ports" {
  description = "TCP ports on which replicas may connect to providers of models and others outside the VPC. 443 is needed; add those of a model server of your own. On ECS the tasks' security group allows them, on EKS the pods' NetworkPolicy."
  type        = set(number)
  default     = [443]
  nullable    = false

  validation {
    condition     = contains(var.egress_ports, 443) && alltrue([for port in var.egress_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "egress_ports must be ports from 1 to 65535 and have 443 among them: images, secrets, logs and Bedrock come over HTTPS."
  }
}
