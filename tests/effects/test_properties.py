"""Properties of moves and of the plan, on generated stacks."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.diff.moves import Statement, parsed, resource_of, written
from blastlint.model import Entity
from tests.effects.made import effects, moved, ref, resource

names = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)
keys = st.one_of(
    st.none(),
    st.integers(0, 3).map(str),
    st.text('ab."[] x', max_size=4).map(lambda s: '"' + s.replace('"', '\\"') + '"'),
)
modules = st.lists(st.tuples(names, keys), max_size=2)


def address(path: list[tuple[str, str | None]], type_: str, name: str, key: str | None) -> str:
    steps = [f"module.{n}" + (f"[{k}]" if k is not None else "") for n, k in path]
    return ".".join([*steps, f"{type_}.{name}" + (f"[{key}]" if key is not None else "")])


addresses = st.builds(address, modules, st.sampled_from(["aws_s3_bucket", "aws_vpc"]), names, keys)


@given(addresses)
def test_addresses_round_trip(text: str) -> None:
    assert written(parsed(text)) == text
    assert parsed(resource_of(text))[-1].key is None


@given(st.text(max_size=40))
def test_no_text_crashes_an_address(text: str) -> None:
    resource_of(text)
    written(parsed(text))


@given(addresses, addresses)
def test_a_move_there_and_back_is_nothing(source: str, target: str) -> None:
    there, back = Statement(parsed(source), parsed(target)), Statement(parsed(target), parsed(source))
    landed = there.moved(parsed(source))
    assert landed is not None
    assert back.moved(landed) == parsed(source)


@st.composite
def stacks(draw: st.DrawFn) -> list[Entity]:
    """A chain and a fan of resources that refer to each other."""
    found: list[Entity] = [resource("aws_vpc.v", cidr_block=draw(st.sampled_from(["10.0.0.0/16", "10.1.0.0/16"])))]
    for n in range(draw(st.integers(0, 4))):
        tags = {"n": str(draw(st.integers(0, 2)))}
        found.append(resource(f"aws_subnet.s{n}", vpc_id=ref("aws_vpc.v.id"), cidr_block=f"10.0.{n}.0/24", tags=tags))
        if draw(st.booleans()):
            found.append(resource(f"aws_instance.i{n}", ami="a", subnet_id=ref(f"aws_subnet.s{n}.id")))
    return found


@settings(max_examples=60, deadline=None)
@given(stacks())
def test_the_same_stack_plans_nothing(stack: list[Entity]) -> None:
    assert effects(stack, stack) == {}
    assert effects(stack, list(reversed(stack))) == {}


@settings(max_examples=60, deadline=None)
@given(stacks(), stacks())
def test_going_back_creates_what_going_there_destroyed(first: list[Entity], second: list[Entity]) -> None:
    there, back = effects(first, second), effects(second, first)
    assert {a for a, e in there.items() if e == "destroy"} == {a for a, e in back.items() if e == "create"}
    assert {a for a, e in there.items() if e == "replace"} == {a for a, e in back.items() if e == "replace"}


@settings(max_examples=40, deadline=None)
@given(stacks(), names)
def test_a_renamed_root_with_a_moved_block_plans_nothing(stack: list[Entity], name: str) -> None:
    def renamed(text: str) -> str:
        return text.replace("aws_vpc.v", f"aws_vpc.{name}")

    after = [
        resource(
            renamed(e.address),
            **{k: ref(renamed(v.text)) if not v.known else v for k, v in e.attributes.items.items()},
        )
        for e in stack
    ]
    if name != "v":
        assert effects(stack, [*after, moved("aws_vpc.v", f"aws_vpc.{name}")]) == {}
