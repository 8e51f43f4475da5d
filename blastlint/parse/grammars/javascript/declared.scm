; What a program makes with a name and arguments: `new rds.DatabaseInstance(this, "Orders", {multiAz: true})`.
(new_expression constructor: (_) @type arguments: (arguments) @arguments) @made
