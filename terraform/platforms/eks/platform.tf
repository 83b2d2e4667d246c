locals {
  platform = "eks"
}
