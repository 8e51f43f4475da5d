(class name: (_) @name superclass: (superclass (_) @base)? body: (body_statement)?) @class
(module name: (_) @name) @scope
(method name: (_) @name) @function
((method name: (_) @name) @test (#match? @name "^test_"))
(singleton_method name: (_) @name) @function

; RSpec and minitest
(call method: (identifier) @word arguments: (argument_list . (_) @title) block: (_)
  (#any-of? @word "describe" "context" "feature" "xdescribe" "xcontext" "fdescribe" "fcontext")) @scope
(call method: (identifier) @word arguments: (argument_list . (string) @title) block: (_)
  (#any-of? @word "it" "specify" "scenario" "test" "should" "xit" "xspecify" "xscenario" "fit" "pending")) @test
(call method: (identifier) @word block: (_) @name
  (#any-of? @word "it" "specify")) @test

(assignment left: (constant) @name right: (_)) @setting
