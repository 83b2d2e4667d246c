locals {
  platform = "ecs"
}
