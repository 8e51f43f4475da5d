(call_expression
  function: [(identifier) @method (selector_expression operand: (_) @receiver field: (field_identifier) @method)]
  arguments: (argument_list) @arguments) @call

(short_var_declaration left: (expression_list . (identifier) @bound.name) right: (expression_list . (_) @bound.value))
(assignment_statement left: (expression_list . (_) @bound.name) right: (expression_list . (_) @bound.value))
(var_spec name: (identifier) @bound.name type: (_) @bound.value)
(parameter_declaration name: (identifier) @bound.name type: (_) @bound.value)
