(call receiver: (_)? @receiver method: (_) @method arguments: (argument_list)? @arguments) @call

(assignment left: (_) @bound.name right: (_) @bound.value)
