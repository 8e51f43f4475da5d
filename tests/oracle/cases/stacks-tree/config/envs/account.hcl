locals {
  org  = "umbra"
  team = "core"
}
