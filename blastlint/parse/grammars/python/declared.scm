; What a program makes with a name and arguments: `rds.DatabaseInstance(self, "Orders", multi_az=True)`.
(call function: (_) @type arguments: (argument_list) @arguments) @made
