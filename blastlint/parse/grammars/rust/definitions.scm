(function_item name: (identifier) @name) @function
((attribute_item (attribute . (_) @word))
  . (attribute_item)* . (function_item name: (identifier) @name) @test
  (#match? @word "(^|::)(test|rstest|test_case|quickcheck)$"))

(struct_item name: (type_identifier) @name) @class
(enum_item name: (type_identifier) @name) @class
(trait_item name: (type_identifier) @name) @class
(impl_item type: (_) @name) @scope
(mod_item name: (identifier) @name body: (_)) @scope

(const_item name: (identifier) @name value: (_)) @setting
(static_item name: (identifier) @name value: (_)) @setting

(use_declaration argument: [(scoped_identifier) (identifier)] @path) @import
(use_declaration argument: (use_as_clause path: (_) @path alias: (_) @alias)) @import
(use_declaration argument: (scoped_use_list path: (_) @prefix list: (use_list [(identifier) (scoped_identifier)] @path))) @import
(use_declaration argument: (scoped_use_list path: (_) @prefix list: (use_list (use_as_clause path: (_) @path alias: (_) @alias)))) @import
