(method_invocation object: (_)? @receiver name: (identifier) @method arguments: (argument_list) @arguments) @call

(local_variable_declaration type: (_) @bound.value declarator: (variable_declarator name: (identifier) @bound.name))
(field_declaration type: (_) @bound.value declarator: (variable_declarator name: (identifier) @bound.name))
(formal_parameter type: (_) @bound.value name: (identifier) @bound.name)
