(call function: (_) @call.name arguments: (_) @call.arguments) @call
(decorator [(identifier) (attribute)] @decorator.name) @decorator
(decorator (call function: (_) @decorator.name arguments: (_) @decorator.arguments)) @decorator

(parameters (identifier) @parameter.name) @parameter
(typed_parameter . (identifier) @parameter.name type: (_) @parameter.type) @parameter
(default_parameter name: (identifier) @parameter.name value: (_) @parameter.default) @parameter
(typed_default_parameter
  name: (identifier) @parameter.name type: (_) @parameter.type value: (_) @parameter.default) @parameter

(keyword_argument name: (_) @option.key value: (_) @option.value) @option
(pair key: (string) @option.key value: (_) @option.value) @option
(assignment left: (_) @assign.target right: (_) @assign.value) @assign

(if_statement
  condition: (_) @branch.condition
  consequence: (_) @branch.body) @branch
(if_statement
  condition: (_) @branch.condition
  consequence: (_) @branch.body
  . alternative: (else_clause) @branch.else) @branch
(elif_clause condition: (_) @branch.condition consequence: (_) @branch.body) @branch

(try_statement body: (_) @handler.tries (except_clause value: (_)? @handler.types (block) @handler.body) @handler)
(with_statement
  (with_clause (with_item value: (call function: (_) @word arguments: (_) @handler.types)) @handler)
  body: (_) @handler.tries
  (#match? @word "(^|\\.)suppress$"))

(with_statement (with_clause (with_item value: (_) @context.subject)) body: (_) @context.body) @context

(expression_statement) @statement
(return_statement) @statement
(raise_statement) @statement
(assert_statement) @statement
(delete_statement) @statement
(global_statement) @statement
(nonlocal_statement) @statement
(continue_statement) @statement
(break_statement) @statement

(import_statement) @import
(import_from_statement) @import

(assert_statement . (_) @assert.condition) @assert
(for_statement) @loop
(while_statement) @loop
((decorator (call
  function: (_) @word
  arguments: (argument_list . (_) . [(list (_) @case) (tuple (_) @case) (set (_) @case)])))
  (#match? @word "(^|\\.)parametrize$"))
((decorator (call function: (_) @word)) @open (#match? @word "(^|\\.)(given|expand|data)$"))
((decorator (call
  function: (_) @word
  arguments: (argument_list . (_) . [(identifier) (attribute) (call) (list_comprehension) (binary_operator) (generator_expression)] @open)))
  (#match? @word "(^|\\.)parametrize$"))
