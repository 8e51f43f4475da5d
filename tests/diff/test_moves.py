"""Chains of `moved` blocks: where they end, however long they are and in whatever order they stand."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.diff.moves import Chains, Statement, parsed


def block(source: str, target: str) -> Statement:
    return Statement(parsed(source), parsed(target))


def test_a_chain_ends_at_its_last_link_however_long_it_is() -> None:
    chains = Chains([block(f"aws_vpc.a{i}", f"aws_vpc.a{i + 1}") for i in range(2000)])
    assert chains.landing("aws_vpc.a0") == "aws_vpc.a2000"
    assert chains.landing('aws_vpc.a7["x"]') == 'aws_vpc.a2000["x"]'
    assert chains.landing("aws_vpc.b") == "aws_vpc.b"


@settings(max_examples=50)
@given(st.permutations(range(12)), st.integers(0, 11))
def test_the_order_of_the_blocks_does_not_matter(order: list[int], start: int) -> None:
    chains = Chains([block(f"aws_vpc.a{i}", f"aws_vpc.a{i + 1}") for i in order])
    assert chains.landing(f"aws_vpc.a{start}") == "aws_vpc.a12"
    assert chains.landing("aws_vpc.a0") == "aws_vpc.a12"


def test_a_module_and_what_is_in_it_move_one_after_the_other() -> None:
    chains = Chains(
        [
            block("module.a", "module.b"),
            block("module.b.aws_vpc.v", "module.b.aws_vpc.w"),
            block('module.b.aws_vpc.w["x"]', "aws_vpc.x"),
        ]
    )
    assert chains.landing('module.a.aws_vpc.v["x"]') == "aws_vpc.x"
    assert chains.landing('module.a.aws_vpc.v["y"]') == 'module.b.aws_vpc.w["y"]'


def test_one_instance_goes_where_its_own_block_says() -> None:
    chains = Chains([block(f"aws_vpc.a[{i}]", f'aws_vpc.a["k{i}"]') for i in range(50)])
    assert [chains.landing(f"aws_vpc.a[{i}]") for i in (0, 49, 50)] == [
        'aws_vpc.a["k0"]',
        'aws_vpc.a["k49"]',
        "aws_vpc.a[50]",
    ]


def test_rings_and_addresses_that_grow_come_to_an_end() -> None:
    ring = Chains([block("aws_vpc.a", "aws_vpc.b"), block("aws_vpc.b", "aws_vpc.a")])
    assert ring.landing("aws_vpc.a") == "aws_vpc.b"
    assert Chains([block("module.a", "module.a.module.a")]).landing("module.a.aws_vpc.v").endswith(".aws_vpc.v")
