"""What checks the code: settings of linters, type checkers and coverage, suppressions in code, hooks before a commit. Facts
of the changes of kind `file`, one of a module for each file: what was loosened in it is one cause."""
