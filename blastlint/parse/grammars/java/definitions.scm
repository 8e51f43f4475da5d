(class_declaration name: (identifier) @name superclass: (superclass (_) @base)? interfaces: (super_interfaces (_) @base)?) @class
(interface_declaration name: (identifier) @name) @class
(enum_declaration name: (identifier) @name) @class
(record_declaration name: (identifier) @name) @class

(method_declaration
  (modifiers [(marker_annotation name: (identifier) @word) (annotation name: (identifier) @word)])
  name: (identifier) @name
  (#any-of? @word "Test" "ParameterizedTest" "RepeatedTest" "TestFactory" "Property")) @test
(method_declaration type: (void_type) name: (identifier) @name parameters: (formal_parameters) @none
  (#match? @name "^test[A-Z]") (#eq? @none "()")) @test
(method_declaration name: (identifier) @name) @function
(constructor_declaration name: (identifier) @name) @function

(field_declaration
  (modifiers) @word
  declarator: (variable_declarator name: (identifier) @name value: (_))
  (#match? @word "final")) @setting

(import_declaration (scoped_identifier) @path) @import
