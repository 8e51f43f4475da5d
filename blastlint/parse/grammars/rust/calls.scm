(call_expression
  function: [
    (identifier) @method
    (scoped_identifier path: (_) @receiver name: (identifier) @method)
    (field_expression value: (_) @receiver field: (field_identifier) @method)
  ]
  arguments: (arguments) @arguments) @call

(let_declaration pattern: (identifier) @bound.name value: (_) @bound.value)
(parameter pattern: (identifier) @bound.name type: (_) @bound.value)
