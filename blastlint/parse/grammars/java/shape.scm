(method_invocation name: (_) arguments: (_) @call.arguments) @call
(object_creation_expression type: (_) @call.name arguments: (_) @call.arguments) @call

(modifiers (marker_annotation name: (_) @decorator.name) @decorator)
(modifiers (annotation name: (_) @decorator.name arguments: (_) @decorator.arguments) @decorator)

(modifiers "synchronized" @decorator @decorator.name)

(formal_parameter (modifiers)? @parameter.type type: (_) @parameter.type name: (_) @parameter.name) @parameter

(element_value_pair key: (_) @option.key value: (_) @option.value) @option
(field_declaration (modifiers) @option.value declarator: (variable_declarator name: (_) @option.key)
  (#match? @option.value "@")) @option
(record_declaration parameters: (formal_parameters (formal_parameter (modifiers) @option.value name: (_) @option.key) @option))
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(variable_declarator name: (_) @assign.target value: (_) @assign.value) @assign

(if_statement
  condition: (_) @branch.condition
  consequence: (_) @branch.body
  alternative: (_)? @branch.else) @branch

(try_statement
  body: (_) @handler.tries
  (catch_clause (catch_formal_parameter (catch_type) @handler.types name: (_) @handler.variable) body: (_) @handler.body) @handler)
(try_with_resources_statement
  body: (_) @handler.tries
  (catch_clause (catch_formal_parameter (catch_type) @handler.types name: (_) @handler.variable) body: (_) @handler.body) @handler)

(synchronized_statement (parenthesized_expression (_) @context.subject) body: (_) @context.body) @context

(block (_) @statement)
(constructor_body (_) @statement)
(switch_block_statement_group (_) @statement)
(if_statement consequence: (_) @statement)
(if_statement alternative: (_) @statement)
(assert_statement (_) @assert.condition) @assert

(for_statement) @loop
(enhanced_for_statement) @loop
(while_statement) @loop
(method_invocation name: (identifier) @word (#any-of? @word "forEach")) @loop
(modifiers (annotation arguments: (_ (element_value_array_initializer (_) @case))))
(modifiers (annotation arguments: (_ (element_value_pair value: (element_value_array_initializer (_) @case)))))
