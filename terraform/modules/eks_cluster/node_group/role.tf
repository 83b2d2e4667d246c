data "aws_partition" "this" {}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.${data.aws_partition.this.dns_suffix}"]
    }
  }
}

resource "aws_iam_role" "this" {
  name_prefix        = "${var.name}-eks-node-"
  description        = "Nodes of ${var.name}: they join the cluster and pull images, and nothing else"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

# AWS's own: the images of its add-ons are in accounts of AWS that differ by region. The network's role is its add-on's.
resource "aws_iam_role_policy_attachment" "this" {
  for_each = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"])

  role       = aws_iam_role.this.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/${each.value}"
}
