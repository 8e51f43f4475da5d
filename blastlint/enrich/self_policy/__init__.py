"""What a change does to its own judge: the configuration, inline suppressions, the steps that run the linter, and what of it
could not be read. Facts of the changes of kind `file`. One module each.
"""
