(call_expression function: (_) @call.name arguments: (_) @call.arguments) @call
(composite_literal type: [(type_identifier) (qualified_type)] @call.name body: (_) @call.arguments) @call

(parameter_declaration name: (identifier) @parameter.name type: (_) @parameter.type) @parameter

(keyed_element . (literal_element) @option.key (literal_element) @option.value .) @option
(field_declaration name: (field_identifier) @option.key type: (_) @option.value) @option
(field_declaration name: (field_identifier) @option.key tag: (_) @option.value) @option
(assignment_statement left: (_) @assign.target right: (_) @assign.value) @assign
(short_var_declaration left: (_) @assign.target right: (_) @assign.value) @assign
(var_spec name: (_) @assign.target value: (_) @assign.value) @assign
(const_spec name: (_) @assign.target value: (_) @assign.value) @assign

(if_statement
  initializer: (short_var_declaration left: (_) @branch.name right: (_) @branch.source)?
  condition: (_) @branch.condition
  consequence: (_) @branch.body
  alternative: (_)? @branch.else) @branch

(expression_switch_statement !value
  (expression_case value: (expression_list . (_) @branch.condition .) (statement_list) @branch.body) @branch)

; An error is caught where it is asked for, and dropped where it gets no name.
(if_statement
  initializer: (_)? @handler.tries
  condition: (binary_expression left: (identifier) @handler.variable operator: "!=" right: (nil))
  consequence: (_) @handler.body
  (#match? @handler.variable "(?i)err")) @handler
(assignment_statement
  left: (expression_list . (identifier) @blank .)
  right: (expression_list (call_expression)) @handler.tries
  (#eq? @blank "_")) @handler

(statement_list (_) @statement)
(for_statement) @loop
; The cases of a table: structures without a name, or named ones.
(composite_literal type: (slice_type element: (struct_type)) body: (literal_value (_) @case))
(composite_literal type: (map_type value: (struct_type)) body: (literal_value (keyed_element) @case))
