(call function: [(identifier) @method (attribute object: (_) @receiver attribute: (identifier) @method)]
  arguments: (argument_list) @arguments) @call

(assignment left: (_) @bound.name right: (_) @bound.value)
(as_pattern (_) @bound.value alias: (as_pattern_target (_) @bound.name))
(typed_parameter . (identifier) @bound.name type: (type) @bound.value)
(for_statement left: (identifier) @bound.name right: (_) @bound.value)
