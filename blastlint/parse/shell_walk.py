"""The walk over a bash syntax tree that collects commands, what is assigned on the way, and what guards them."""

from __future__ import annotations

from collections.abc import Sequence

import tree_sitter

from blastlint.command import Guard, Script
from blastlint.parse import shell_guards as guards
from blastlint.parse import shell_pipes as pipes
from blastlint.parse import shell_variables as variables
from blastlint.parse.command_line import basename, is_read
from blastlint.parse.shell_run import MAX_COMMANDS, MAX_DEPTH, MAX_GUARDS, Nested, Place, Reader, Runner
from blastlint.parse.shell_values import Parts, merged
from blastlint.parse.shell_words import QUOTES, Words, assigned_names
from blastlint.parse.source_text import SourceText

Node = tree_sitter.Node
_SEPARATORS = frozenset({";", "&", "\n", ";;", "then", "fi", "do", "done", "{", "}", "(", ")", "comment"})


class Walk:
    """One pass over one script. `reader` reads a script inside this one; None when it is nested too deep."""

    def __init__(self, source: SourceText, nested: Nested, expressions: dict[str, str], reader: Reader | None) -> None:
        self.source = source
        self.nested = nested
        words = Words(source, expressions, nested.remote)
        self.text = words.text
        self.shell = Runner(source, nested, words, reader)
        self.functions: dict[str, Node] = {}
        self.complete = True
        self.line = 0

    def script(self, root: Node) -> Script:
        self.shell.words.assigned = assigned_names(root, self.source.text)
        place = Place(self.nested.guards, self.nested.loops, self.nested.scope, each=self.nested.each)
        self.sequence(root.children, place)
        for name, body in self.functions.items():
            with self.shell.apart():
                self.statement(body, place._replace(scope=name if not place.scope else f"{place.scope}:{name}"))
        if root.has_error or self.shell.unread:
            self.complete = False
            if self.shell.unread:
                self.line = self.source.place(self.shell.unread - 1)[0]
            self.line = self.line or self._first_error(root)
        self.shell.commands.sort(key=lambda pair: pair[0])
        return Script(
            tuple(command for _, command in self.shell.commands),
            tuple(self.shell.guards),
            tuple(self.functions),
            self.complete,
            self.line,
        )

    def _first_error(self, root: Node) -> int:
        stack = [root]
        while stack:
            node = stack.pop()
            if node.type == "ERROR" or node.is_missing:
                return self.source.place(node.start_byte)[0]
            stack += [c for c in reversed(node.children) if c.has_error or c.is_missing]
        return self.source.place(0)[0]

    # --- statements ---

    def sequence(self, nodes: Sequence[Node], place: Place) -> None:
        """Statements one after the other. A test that leaves the script guards what follows it."""
        for index, node in enumerate(nodes):
            if not node.is_named or node.type in _SEPARATORS:
                continue
            if len(self.shell.commands) >= MAX_COMMANDS:
                self.shell.unread = self.shell.unread or node.start_byte + 1
                break
            follow = nodes[index + 1] if index + 1 < len(nodes) else None
            background = follow is not None and follow.type == "&"
            self.statement(node, place._replace(ignored=True) if background else place)
            guard = guards.leaving(node, self.source, self.shell.errexit and not place.condition, self.shell.asked)
            if guard is not None and not place.condition:
                guard = self.shell.settled(guard)
                self.shell.guards.append(guard)
                place = place._replace(guards=(*place.guards[1 - MAX_GUARDS :], guard))
                self.shell.hold(guard)

    def statement(self, node: Node, place: Place) -> None:
        if place.depth > MAX_DEPTH:
            self._cut(node)
            return
        handler = getattr(self, f"_{node.type}", None)
        if handler is not None:
            handler(node, place)
        elif node.type in ("program", "compound_statement", "do_group", "ERROR", "else_clause"):
            self.sequence(node.children, place.inside())
        else:
            self.substitutions(node, place)

    def _subshell(self, node: Node, place: Place) -> None:
        with self.shell.apart():
            self.sequence(node.children, place.inside())

    def _list(self, node: Node, place: Place) -> None:
        """`a && b || c`: each with the operator before it, and what becomes of its failure."""
        items = guards.flattened(node)
        held: tuple[Guard, ...] = ()
        before: dict[str, Parts] = {}
        for index, (operator, node) in enumerate(items):
            later = items[index + 1 :]
            either = next((n for op, n in later if op == "||"), None)
            here = place._replace(joined=operator or place.joined, guards=(*place.guards, *held))
            if either is not None:
                stops, hidden = guards.leaves(either, self.source), guards.hides(either, self.source)
                here = here._replace(checked=stops, ignored=place.ignored or hidden)
            elif later:
                here = here._replace(checked=False if place.checked is None else place.checked)
            self.statement(node, here)
            if later:
                guard = guards.of_condition(node, self.source, later[0][0] == "||", self.shell.asked)
                if guard is not None:
                    guard = self.shell.settled(guard)
                    held = (*held, guard) if later[0][0] == "&&" else (guard,)
                    before = {**{n: self.shell.env.get(n, ()) for n in guard.names}, **before}
                    self.shell.hold(guard)
                elif later[0][0] == "||":
                    held = ()
        for name, parts in before.items():  # what the test made sure of holds to the end of the chain
            if parts:
                self.shell.env[name] = parts
            else:
                self.shell.env.pop(name, None)

    def _pipeline(self, node: Node, place: Place) -> None:
        stages = [c for c in node.children if c.is_named and c.type != "comment"]
        text, fed, lister = "", None, None
        for index, stage in enumerate(stages):
            last = index == len(stages) - 1
            checked = place.checked
            if not last and not self.shell.pipefail and checked is None:
                checked = False
            here = place._replace(checked=checked, joined="|" if index else place.joined)
            if index:
                piped = self.shell.words.shown(node.start_byte, stages[index - 1].end_byte)
                here = here._replace(piped=piped, lister=lister)
            if text or fed is not None:
                here = here._replace(input=text, input_source=fed)
            self.statement(stage, here)
            text, fed = pipes.printed(self.shell, stage)
            lister = pipes.lister(self.shell, stage) if not last else None

    def _redirected_statement(self, node: Node, place: Place) -> None:
        body = node.child_by_field_name("body")
        redirections = tuple(self.shell.redirection(c) for c in node.children if c.type.endswith("_redirect"))
        document = pipes.document(self.shell, node)
        here = place._replace(redirections=(*place.redirections, *redirections))
        if document is not None:
            here = here._replace(input=document.text, input_source=document)
        trailing = [c for n in node.children if n.type == "heredoc_redirect" for c in n.children if c.is_named]
        rest = [c for c in trailing if not c.type.startswith(("heredoc", "file_", "comment"))]
        pipeline = next((c for c in rest if c.type == "pipeline"), None)
        right = next(
            (c for n in node.children if n.type == "heredoc_redirect" for c in [n.child_by_field_name("right")] if c),
            None,
        )
        if right is not None:
            stops, hidden = guards.leaves(right, self.source), guards.hides(right, self.source)
            here = here._replace(checked=stops, ignored=place.ignored or hidden)
        if body is not None:
            self.statement(body, here)
        if pipeline is not None:
            fed = document if body is not None and body.type == "command" else None
            self._pipeline_rest(pipeline, place._replace(joined="|"), fed)
        if right is not None:
            self.statement(right, place._replace(joined="||"))
        for child in node.children:
            if child.type in ("file_redirect", "herestring_redirect"):
                self.substitutions(child, place)

    def _pipeline_rest(self, node: Node, place: Place, fed: SourceText | None) -> None:
        """`cat <<EOF | program`: the grammar hangs the rest of the pipe on the here document."""
        for stage in (c for c in node.children if c.is_named):
            here = place._replace(input=fed.text, input_source=fed) if fed is not None else place
            self.statement(stage, here)
            fed = None

    def _if_statement(self, node: Node, place: Place) -> None:
        self._branches(node, place.inside())

    def _branches(self, node: Node, place: Place) -> None:
        condition: list[Node] = []
        body: list[Node] = []
        later: list[Node] = []
        into = condition
        for child in node.children:
            if child.type == "then":
                into = body
            elif child.type in ("elif_clause", "else_clause"):
                later.append(child)
            elif child.is_named:
                into.append(child)
        self.sequence(condition, place._replace(condition=True, checked=False))
        guard = guards.of_branch(condition, self.source, False, self.shell.asked)
        start = dict(self.shell.env)
        ends = [self._branch(body, place, guard, start)]
        refused = guards.of_branch(condition, self.source, True, self.shell.asked)
        for clause in later:
            if clause.type == "else_clause":
                ends.append(self._branch([c for c in clause.children if c.is_named], place, refused, start))
            else:
                self.shell.env = dict(start)
                inner = place._replace(guards=(*place.guards, refused) if refused else place.guards)
                self._branches(clause, inner)
                ends.append(dict(self.shell.env))
        if not any(c.type == "else_clause" for c in later):
            ends.append(start)
        self.shell.env = merged(ends)

    def _branch(
        self, body: Sequence[Node], place: Place, guard: Guard | None, env: dict[str, Parts]
    ) -> dict[str, Parts]:
        self.shell.env = dict(env)
        directory = self.shell.directory
        inner = place
        if guard is not None:
            guard = self.shell.settled(guard)
            self.shell.guards.append(guard)
            inner = place._replace(guards=(*place.guards, guard))
            if not guard.text.startswith("not "):
                self.shell.hold(guard)
        self.sequence(body, inner)
        self.shell.directory = directory
        return dict(self.shell.env)

    def _case_statement(self, node: Node, place: Place) -> None:
        value = node.child_by_field_name("value")
        start = dict(self.shell.env)
        ends = [start]
        for item in (c for c in node.children if c.type == "case_item"):
            patterns = [c for i, c in enumerate(item.children) if item.field_name_for_child(i) == "value"]
            text = " | ".join(self.text(p) for p in patterns)
            subject = self.text(value) if value else ""
            guard = (
                guards.of_text(f"{subject} in {text}", self.source, item, self.shell.asked)
                if text.strip("'\"") != "*"
                else None
            )
            body = [c for c in item.children if c.is_named and c not in patterns]
            ends.append(self._branch(body, place.inside(), guard, start))
        self.shell.env = merged(ends)

    def _while_statement(self, node: Node, place: Place) -> None:
        condition = [
            c for i, c in enumerate(node.children) if node.field_name_for_child(i) == "condition" and c.is_named
        ]
        body = node.child_by_field_name("body")
        place = place.inside()
        self.sequence(condition, place._replace(condition=True, checked=False))
        text = guards.squeezed(" ".join(self.text(c) for c in condition))
        before = dict(self.shell.env)
        if place.piped and text.startswith(("read", "IFS")):
            place = place._replace(each=place.piped)
        if body is not None:
            self.sequence(body.children, place._replace(loops=(*place.loops, f"while {text}")))
        self.shell.env = merged([before, dict(self.shell.env)])

    def _for_statement(self, node: Node, place: Place) -> None:
        variable = node.child_by_field_name("variable")
        body = node.child_by_field_name("body")
        values = [c for i, c in enumerate(node.children) if node.field_name_for_child(i) == "value"]
        place = place.inside()
        self.substitutions(node, place, only=values)
        name = self.text(variable) if variable is not None else ""
        text = guards.squeezed(" ".join(self.text(c) for c in values)) or '"$@"'
        if len(values) == 1 and values[0].type == "command_substitution":
            place = place._replace(each=text.strip("$()` "))
        if name:
            self.shell.env[name] = variables.loop_value(self.shell, name, values)
        if body is not None:
            self.sequence(body.children, place._replace(loops=(*place.loops, f"{name} in {text}")))

    def _c_style_for_statement(self, node: Node, place: Place) -> None:
        body = node.child_by_field_name("body")
        if body is not None:
            self.sequence(body.children, place.inside()._replace(loops=(*place.loops, "for ((...))")))

    def _function_definition(self, node: Node, place: Place) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None and body is not None:
            self.functions[self.text(name)] = body

    def _negated_command(self, node: Node, place: Place) -> None:
        for child in (c for c in node.children if c.is_named):
            self.statement(child, place._replace(checked=False, depth=place.depth + 1))

    def _test_command(self, node: Node, place: Place) -> None:
        self.substitutions(node, place)

    def _variable_assignment(self, node: Node, place: Place) -> None:
        self.substitutions(node, place)
        variables.assign(self.shell, node, place)

    def _variable_assignments(self, node: Node, place: Place) -> None:
        for child in node.children:
            self.statement(child, place)

    def _declaration_command(self, node: Node, place: Place) -> None:
        for child in node.children:
            if child.type == "variable_assignment":
                self._variable_assignment(child, place._replace(checked=False))
            elif child.is_named:
                self.substitutions(child, place)

    def _unset_command(self, node: Node, place: Place) -> None:
        for child in node.children:
            self.shell.env.pop(self.text(child), None)

    # --- simple commands ---

    def _command(self, node: Node, place: Place) -> None:
        source = self.text(node)
        if "$(" in source or "`" in source or "<(" in source or ">(" in source:
            self.substitutions(node, place)
        name = node.child_by_field_name("name")
        if name is not None and "${" not in source and "--" not in source and name.named_child_count:
            program = self.text(name)
            if name.named_children[0].type == "word" and not is_read(program):
                self.shell.plain(basename(program), place, (node.start_byte, node.end_byte), self.nested.via)
                return
        redirections = tuple(self.shell.redirection(c) for c in node.children if c.type.endswith("_redirect"))
        text, fed = place.input, place.input_source
        for child in node.children:
            if child.type == "herestring_redirect" and child.named_child_count:
                value = child.named_children[-1]
                text = "".join(p.text for p in self.shell.words.parts(value, self.shell.env))
                fed = self.shell.words.inner(value.start_byte, value.end_byte, QUOTES.get(value.type, ""))
        own = [
            (self.text(n), "".join(p.text for p in self.shell.words.parts(v, self.shell.env)))
            for c in node.children
            if c.type == "variable_assignment"
            for n, v in [(c.child_by_field_name("name"), c.child_by_field_name("value"))]
            if n is not None and v is not None
        ]
        args = self.shell.args(node)
        if not args:
            return
        place = place._replace(redirections=(*place.redirections, *redirections), input=text, input_source=fed)
        self.shell.run(args, place, (node.start_byte, node.end_byte), tuple(own), self.nested.via)

    # --- what stands inside words ---

    def substitutions(self, node: Node, place: Place, only: Sequence[Node] = ()) -> None:
        """The commands inside `$(...)`, backticks and `<(...)` of a node's words."""
        stack = [(c, place.depth) for c in reversed(only or node.children)]
        while stack:
            child, depth = stack.pop()
            if child.type in ("command_substitution", "process_substitution"):
                inner = place._replace(joined="", input="", input_source=None, redirections=(), depth=depth + 1)
                with self.shell.apart():
                    self.sequence(child.children, inner)
            elif child.child_count and depth >= MAX_DEPTH:
                self._cut(child)
            elif not child.type.startswith("heredoc"):
                stack += [(c, depth + 1) for c in reversed(child.children)]

    def _cut(self, node: Node) -> None:
        """What lies deeper is not read, and is told."""
        self.complete = False
        self.line = self.line or self.source.place(node.start_byte)[0]
