(call_expression
  function: [(identifier) @method (member_expression object: (_) @receiver property: (property_identifier) @method)]
  arguments: (_) @arguments) @call
(new_expression
  constructor: [(identifier) @method (member_expression object: (_) @receiver property: (property_identifier) @method)]
  arguments: (arguments) @arguments) @call

(variable_declarator name: (identifier) @bound.name value: (_) @bound.value)
(assignment_expression left: (_) @bound.name right: (_) @bound.value)
