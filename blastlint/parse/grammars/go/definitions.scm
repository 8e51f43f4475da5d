; Functions and methods; a test is known by its name and by what it is given.
(function_declaration
  name: (identifier) @name
  parameters: (parameter_list (parameter_declaration type: (pointer_type (qualified_type name: (type_identifier) @kind))))
  (#match? @name "^(Test|Benchmark|Fuzz)")
  (#any-of? @kind "T" "B" "F")) @test
(function_declaration name: (identifier) @name) @function
; Suites of testify and gocheck
((method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @receiver))
  name: (field_identifier) @name
  parameters: (parameter_list) @given) @test
  (#match? @name "^Test[A-Z_]")
  (#match? @receiver "[Ss]uite|Tests?$")
  (#match? @given "^\\(\\)$|\\.C\\)$"))
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @receiver))
  name: (field_identifier) @name) @function

(type_declaration (type_spec name: (type_identifier) @name)) @class

(source_file (const_declaration (const_spec name: (identifier) @name value: (_)) @setting))
(source_file (var_declaration (var_spec name: (identifier) @name value: (_) (#not-eq? @name "_")) @setting))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name value: (_)) @setting)))

(import_spec name: (package_identifier)? @alias path: (_) @path) @import

; Ginkgo: functions without a name, which calls with a sentence are given
(call_expression
  function: [(identifier) @word (selector_expression field: (field_identifier) @word)]
  arguments: (argument_list . (interpreted_string_literal) @title (func_literal))
  (#any-of? @word "Describe" "Context" "When" "FDescribe" "FContext" "FWhen" "PDescribe" "PContext" "PWhen" "XDescribe"
   "XContext" "XWhen")) @scope
(call_expression
  function: [(identifier) @word (selector_expression field: (field_identifier) @word)]
  arguments: (argument_list . (interpreted_string_literal) @title (func_literal))
  (#any-of? @word "It" "Specify" "FIt" "FSpecify" "PIt" "PSpecify" "XIt" "XSpecify")) @test
