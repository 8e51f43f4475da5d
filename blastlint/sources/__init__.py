"""Where before and after come from. Every module here ends in a ChangeSet and knows nothing of meaning."""
