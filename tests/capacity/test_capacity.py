"""How many copies run, and whether that number is anybody's but the file's."""

from __future__ import annotations

import pytest

from blastlint.enrich import capacity
from blastlint.model import Entity, Fact, unknown
from tests.trees import context, entity, value


def facts_between(before: list[Entity], after: list[Entity]) -> list[Fact]:
    both = context(before, after)
    return [fact for change in both.changes for fact in capacity.facts(change, both)]


@pytest.mark.parametrize(
    ("address", "before", "after", "expected"),
    [
        ("aws_ecs_service.s", {"desired_count": 3}, {"desired_count": 0}, ("desired_count", 3.0, 0.0, True)),
        ("aws_ecs_service.s", {"desired_count": "4"}, {"desired_count": 1}, ("desired_count", 4.0, 1.0, False)),
        ("aws_autoscaling_group.a", {"desired_capacity": 2, "max_size": 4}, {"desired_capacity": 0, "max_size": 0},
         ("desired_capacity", 2.0, 0.0, True)),
        ("aws_lambda_function.f", {}, {"reserved_concurrent_executions": 0},
         ("reserved_concurrent_executions", float("inf"), 0.0, True)),
        ("aws_eks_node_group.n", {"scaling_config": [{"desired_size": 2}]}, {"scaling_config": [{"desired_size": 0}]},
         ("scaling_config.desired_size", 2.0, 0.0, True)),
    ],
)  # fmt: skip
def test_numbers(
    address: str, before: dict[str, object], after: dict[str, object], expected: tuple[object, ...]
) -> None:
    (fact,) = facts_between([entity(address, before)], [entity(address, after)])
    assert tuple(fact.fields[n] for n in ("name", "before", "after", "zero")) == expected


@pytest.mark.parametrize(
    ("before", "after"), [({"desired_count": 0}, {}), ({"desired_count": 2}, {"desired_count": "2"})]
)
def test_the_same_number(before: dict[str, object], after: dict[str, object]) -> None:
    assert facts_between([entity("aws_ecs_service.s", before)], [entity("aws_ecs_service.s", after)]) == []


def test_an_unknown_number_says_nothing() -> None:
    assert facts_between([entity("aws_ecs_service.s", {"desired_count": 2})],
                         [entity("aws_ecs_service.s", {"desired_count": unknown("", "var.n")})]) == []  # fmt: skip


def test_kubernetes_objects() -> None:
    def deployment(replicas: int) -> Entity:
        return entity("Deployment.api", {"spec": {"replicas": replicas}}, "kubernetes.object")

    (fact,) = facts_between([deployment(3)], [deployment(0)])
    assert (fact.fields["zero"], fact.fields["autoscaled"]) == (True, False)
    scaler = entity("HorizontalPodAutoscaler.api",
                    {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "api"}}}, "kubernetes.object")  # fmt: skip
    (fact,) = facts_between([deployment(3), scaler], [deployment(0), scaler])
    assert fact.fields["autoscaled"] is True
    (fact,) = facts_between([entity("CronJob.dump", {"spec": {}}, "kubernetes.object")],
                            [entity("CronJob.dump", {"spec": {"suspend": True}}, "kubernetes.object")])  # fmt: skip
    assert (fact.fields["before"], fact.fields["after"], fact.fields["zero"]) == (1.0, 0.0, True)


def test_an_ignored_number_is_the_autoscalers() -> None:
    ignoring = {"ignore_changes": ["desired_count"]}
    found = facts_between([entity("aws_ecs_service.s", {"desired_count": 3, "lifecycle": value(ignoring)})],
                          [entity("aws_ecs_service.s", {"desired_count": 0, "lifecycle": value(ignoring)})])  # fmt: skip
    assert [f.fields["autoscaled"] for f in found] == [True]
