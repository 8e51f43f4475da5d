(call_expression function: (_) @call.name arguments: (_) @call.arguments) @call
(macro_invocation macro: (_) @call.name (token_tree) @call.arguments) @call
(struct_expression name: (_) @call.name body: (_) @call.arguments) @call

(attribute_item (attribute . (_) @decorator.name arguments: (token_tree)? @decorator.arguments)) @decorator

(parameter pattern: (_) @parameter.name type: (_) @parameter.type) @parameter

(field_initializer field: (_) @option.key value: (_) @option.value) @option
((attribute_item) @option.value . (field_declaration name: (_) @option.key) @option
  (#match? @option.value "^#.(validate|garde)[(]"))
(field_declaration name: (_) @option.key type: (_) @option.value) @option
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(let_declaration pattern: (identifier) @assign.target value: (_) @assign.value) @assign
(const_item name: (_) @assign.target value: (_) @assign.value) @assign
(static_item name: (_) @assign.target value: (_) @assign.value) @assign

(if_expression
  condition: (_) @branch.condition
  consequence: (_) @branch.body
  alternative: (else_clause (_) @branch.else)?) @branch

; A result is caught where Err is matched, and dropped where it gets no name.
(match_expression value: (_) @handler.tries body: (match_block (match_arm
  pattern: (match_pattern (tuple_struct_pattern type: (_) @word (_)? @handler.variable))
  value: (_) @handler.body
  (#match? @word "(^|::)Err$")) @handler))
(if_expression
  condition: (let_condition pattern: (tuple_struct_pattern type: (_) @word (_)? @handler.variable) value: (_) @handler.tries)
  consequence: (_) @handler.body
  (#match? @word "(^|::)Err$")) @handler
(let_declaration pattern: "_" value: [(call_expression) (await_expression)] @handler.tries) @handler
(expression_statement (call_expression
  function: (field_expression value: (_) @handler.tries field: (_) @word) (#eq? @word "ok"))) @handler

; A guard lets go at the end of the block that it was taken in.
(block (let_declaration value: (_) @context.subject
  (#match? @context.subject "\\.(lock|write|read|try_lock|acquire)[(][)]")) @context) @context.body

(block (_) @statement)
(for_expression) @loop
(while_expression) @loop
(attribute_item (attribute . (_) @word arguments: (token_tree) (#match? @word "^(case|test_case|rstest::case)$"))) @case
