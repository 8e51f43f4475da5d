"""What Kubernetes tools make of manifests before they are applied: kustomizations, and charts with their values."""
