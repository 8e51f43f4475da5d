"""Facts about Kubernetes objects that need the API's own rules: what an edit forces, what a deletion takes along, and who in
the tree still needs what vanished."""
