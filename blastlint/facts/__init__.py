"""Tables of facts about providers and formats, and the loaders that read them lazily."""
