"""What the nodes of each grammar are as terms: data for lowering.py."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import dataclass, field

Fields = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Node types by what they become. `members` and `pairs` name the fields of object and name, of key and value;
    `calls` those of what is called and of the arguments ("" for none), `receivers` that of what it is called on where the
    grammar keeps it apart."""

    calls: Mapping[str, Fields]
    members: Mapping[str, Fields]
    pairs: Mapping[str, Fields]
    assigns: Mapping[str, Fields]
    strings: frozenset[str]
    pieces: frozenset[str]
    lists: frozenset[str]
    maps: frozenset[str]
    functions: frozenset[str]
    classes: frozenset[str]
    blocks: frozenset[str]
    through: frozenset[str]
    literals: frozenset[str]
    names: frozenset[str]
    bases: tuple[str, ...] = ()
    receivers: Mapping[str, str] = field(default_factory=dict)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PYTHON = Table(
    calls={"call": ("function", "arguments")},
    members={"attribute": ("object", "attribute")},
    pairs={"pair": ("key", "value"), "keyword_argument": ("name", "value")},
    assigns={"assignment": ("left", "right"), "augmented_assignment": ("left", "right")},
    strings=_set("string concatenated_string"),
    pieces=_set("string_content string"),
    lists=_set("list tuple set"),
    maps=_set("dictionary"),
    functions=_set("function_definition lambda"),
    classes=_set("class_definition"),
    blocks=_set("module if_statement elif_clause else_clause for_statement while_statement with_statement "
                 "try_statement except_clause "
                "finally_clause block"),
    through=_set("expression_statement parenthesized_expression await decorated_definition return_statement type"),
    literals=_set("integer float true false none"),
    names=_set("identifier"),
    bases=("superclasses",),
)  # fmt: skip
RUBY = Table(
    calls={"call": ("method", "arguments"), "super": ("", "arguments")},
    members={"scope_resolution": ("scope", "name"), "element_reference": ("object", "")},
    pairs={"pair": ("key", "value")},
    assigns={"assignment": ("left", "right"), "operator_assignment": ("left", "right")},
    strings=_set("string simple_symbol hash_key_symbol delimited_symbol chained_string heredoc_beginning bare_string "
                 "bare_symbol"),
    pieces=_set("string_content heredoc_content string"),
    lists=_set("array string_array symbol_array"),
    maps=_set("hash"),
    functions=_set("method singleton_method lambda"),
    classes=_set("class module"),
    blocks=_set("program body_statement if unless elsif else then if_modifier unless_modifier begin rescue ensure "
                 "while until for do case "
                "when do_block block block_body"),
    through=_set("parenthesized_statements return argument_list"),
    literals=_set("integer float true false nil"),
    names=_set("identifier constant instance_variable global_variable self"),
    bases=("superclass",),
    receivers={"call": "receiver"},
)  # fmt: skip
JAVASCRIPT = Table(
    calls={"call_expression": ("function", "arguments"), "new_expression": ("constructor", "arguments")},
    members={"member_expression": ("object", "property"), "subscript_expression": ("object", "index")},
    pairs={"pair": ("key", "value")},
    assigns={"assignment_expression": ("left", "right"), "augmented_assignment_expression": ("left", "right"),
             "variable_declarator": ("name", "value"),
             "public_field_definition": ("name", "value"), "field_definition": ("property", "value")},
    strings=_set("string template_string"),
    pieces=_set("string_fragment template_substitution escape_sequence"),
    lists=_set("array"),
    maps=_set("object"),
    functions=_set("arrow_function function_expression function function_declaration method_definition "
                 "generator_function_declaration"),
    classes=_set("class_declaration class abstract_class_declaration"),
    blocks=_set("program if_statement else_clause for_statement for_in_statement while_statement try_statement catch_clause "
                "finally_clause statement_block switch_statement switch_case class_body do_statement"),
    through=_set("expression_statement parenthesized_expression await_expression return_statement as_expression "
                 "satisfies_expression "
                 "non_null_expression export_statement"),
    literals=_set("number true false null undefined"),
    names=_set("identifier property_identifier this shorthand_property_identifier private_property_identifier"),
    bases=("class_heritage",),
)  # fmt: skip
GO = Table(
    calls={"call_expression": ("function", "arguments")},
    members={"selector_expression": ("operand", "field")},
    pairs={"keyed_element": ("", "")},
    assigns={"short_var_declaration": ("left", "right"), "assignment_statement": ("left", "right"),
    "var_spec": ("name", "value"),
             "const_spec": ("name", "value")},
    strings=_set("interpreted_string_literal raw_string_literal"),
    pieces=_set("interpreted_string_literal_content raw_string_literal_content escape_sequence"),
    lists=_set("literal_value expression_list"),
    maps=frozenset(),
    functions=_set("function_declaration method_declaration func_literal"),
    classes=frozenset(),
    blocks=_set("source_file block if_statement for_statement expression_switch_statement type_switch_statement "
                 "select_statement"),
    through=_set("expression_statement parenthesized_expression return_statement composite_literal const_declaration "
                 "var_declaration "
                 "literal_element"),
    literals=_set("int_literal float_literal true false nil"),
    names=_set("identifier field_identifier package_identifier type_identifier"),
)  # fmt: skip
JAVA = Table(
    calls={"method_invocation": ("name", "arguments"), "object_creation_expression": ("type", "arguments")},
    members={"field_access": ("object", "field")},
    pairs={},
    assigns={"assignment_expression": ("left", "right"), "variable_declarator": ("name", "value"),
             "resource": ("name", "value")},
    strings=_set("string_literal"),
    pieces=_set("string_fragment multiline_string_fragment"),
    lists=_set("array_initializer"),
    maps=frozenset(),
    functions=_set("method_declaration lambda_expression constructor_declaration"),
    classes=_set("class_declaration"),
    blocks=_set("program block if_statement for_statement enhanced_for_statement while_statement try_statement catch_clause "
                "try_with_resources_statement resource_specification finally_clause class_body constructor_body"),
    through=_set("expression_statement parenthesized_expression return_statement local_variable_declaration "
                 "field_declaration cast_expression"),
    literals=_set("decimal_integer_literal decimal_floating_point_literal true false null_literal"),
    names=_set("identifier this type_identifier scoped_type_identifier"),
    bases=("superclass",),
    receivers={"method_invocation": "object"},
)  # fmt: skip
PHP = Table(
    calls={"member_call_expression": ("name", "arguments"), "nullsafe_member_call_expression": ("name", "arguments"),
           "scoped_call_expression": ("name", "arguments"), "function_call_expression": ("function", "arguments")},
    members={"member_access_expression": ("object", "name"), "class_constant_access_expression": ("", "")},
    pairs={"array_element_initializer": ("", "")},
    assigns={"assignment_expression": ("left", "right")},
    strings=_set("string encapsed_string heredoc nowdoc heredoc_body nowdoc_body"),
    pieces=_set("string_content nowdoc_string"),
    lists=_set("array_creation_expression"),
    maps=frozenset(),
    functions=_set("method_declaration function_definition anonymous_function arrow_function"),
    classes=_set("class_declaration anonymous_class"),
    blocks=_set("program compound_statement declaration_list if_statement foreach_statement for_statement while_statement "
                "try_statement catch_clause finally_clause else_clause colon_block"),
    through=_set("expression_statement parenthesized_expression return_statement object_creation_expression argument "
                 "array_element_initializer"),
    literals=_set("integer float boolean null"),
    names=_set("name variable_name qualified_name"),
    bases=("base_clause",),
    receivers={"member_call_expression": "object", "nullsafe_member_call_expression": "object",
               "scoped_call_expression": "scope"},
)  # fmt: skip
C_SHARP = Table(
    calls={"invocation_expression": ("function", "arguments"), "object_creation_expression": ("type", "arguments")},
    members={"member_access_expression": ("expression", "name")},
    pairs={"argument": ("name", "")},
    assigns={"assignment_expression": ("left", "right"), "variable_declarator": ("name", "")},
    strings=_set("string_literal verbatim_string_literal raw_string_literal interpolated_string_expression"),
    pieces=_set("string_literal_content raw_string_content string_content"),
    lists=_set("initializer_expression"),
    maps=frozenset(),
    functions=_set("method_declaration local_function_statement lambda_expression constructor_declaration"),
    classes=_set("class_declaration"),
    blocks=_set("compilation_unit namespace_declaration file_scoped_namespace_declaration declaration_list block "
                "if_statement for_statement foreach_statement while_statement try_statement catch_clause finally_clause "
                "using_statement"),
    through=_set("expression_statement parenthesized_expression return_statement local_declaration_statement "
                 "await_expression argument array_creation_expression implicit_array_creation_expression"),
    literals=_set("integer_literal real_literal boolean_literal null_literal"),
    names=_set("identifier this generic_name qualified_name predefined_type"),
    bases=("base_list",),
)  # fmt: skip
TABLES: Mapping[str, Table] = {
    "python": PYTHON, "ruby": RUBY, "javascript": JAVASCRIPT, "typescript": JAVASCRIPT, "go": GO, "java": JAVA, "php": PHP,
    "c_sharp": C_SHARP,
}  # fmt: skip
CONSTANTS = {"None": "null", "nil": "null", "undefined": "null", "NULL": "null", "True": "true", "False": "false"}
