(call method: (_) arguments: (_)? @call.arguments) @call
(super) @call
(class body: (body_statement (identifier) @call))

(method_parameters (identifier) @parameter.name) @parameter
(keyword_parameter name: (_) @parameter.name value: (_)? @parameter.default) @parameter
(optional_parameter name: (_) @parameter.name value: (_) @parameter.default) @parameter

(pair key: (_) @option.key value: (_) @option.value) @option
(assignment left: (_) @assign.target right: (_) @assign.value) @assign
(operator_assignment left: (_) @assign.target right: (_) @assign.value) @assign

(if condition: (_) @branch.condition consequence: (_)? @branch.body alternative: [(else) (elsif)]? @branch.else) @branch
(elsif condition: (_) @branch.condition consequence: (_)? @branch.body) @branch
(unless condition: (_) @branch.condition consequence: (_)? @branch.body alternative: (else)? @branch.else) @branch @branch.unless
(if_modifier body: (_) @branch.body condition: (_) @branch.condition) @branch
(unless_modifier body: (_) @branch.body condition: (_) @branch.condition) @branch @branch.unless

(begin (rescue exceptions: (_)? @handler.types variable: (exception_variable (_) @handler.variable)? body: (_)? @handler.body) @handler) @handler.tries
(body_statement (rescue exceptions: (_)? @handler.types variable: (exception_variable (_) @handler.variable)? body: (_)? @handler.body) @handler) @handler.tries
(rescue_modifier body: (_) @handler.tries handler: (_) @handler.body) @handler

(call receiver: (_) @context.subject method: (identifier) @word block: (_) @context.body
  (#any-of? @word "transaction" "with_lock" "synchronize" "with_advisory_lock" "lock" "timeout")) @context
(call !receiver method: (identifier) @context.subject block: (_) @context.body
  (#any-of? @context.subject "transaction" "with_lock" "synchronize" "with_advisory_lock")) @context

(body_statement (_) @statement)
(block_body (_) @statement)
(then (_) @statement)
(else (_) @statement)
(ensure (_) @statement)
(begin (_) @statement)
(if_modifier body: (_) @statement)
(unless_modifier body: (_) @statement)
(program (_) @statement)

(while) @loop
(for) @loop
(call method: (identifier) @word block: (_) (#any-of? @word "each" "each_with_index" "times" "map" "all?")) @loop
