"""`capacity` facts: how many copies of a thing run. Which attribute says so is a small table; a thing whose number an
autoscaler owns is marked, because what is written there then is not what runs."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.guards.strength import quantity
from blastlint.enrich.lifecycle.addresses import is_named
from blastlint.facts.paths import found, steps
from blastlint.facts.units import truth
from blastlint.frozen import dataclass
from blastlint.model import Change, Entity, Fact, Value


@dataclass(frozen=True, slots=True)
class Amount:
    """An attribute that counts copies. `switch` marks one that stops everything when it is true, `runs` one that does when
    it is false; `default` holds when the attribute is absent (None: unknown). A `floor` is what always runs: nothing stops
    when it is zero, others may run."""

    path: str
    default: float | None = None
    switch: bool = False
    runs: bool = False
    floor: bool = False


_REPLICAS = (Amount("spec.replicas", 1),)
_AMOUNTS: dict[str, tuple[Amount, ...]] = {
    "aws_autoscaling_group": (Amount("desired_capacity"), Amount("max_size"), Amount("min_size", floor=True)),
    "aws_ecs_service": (Amount("desired_count", 0),),
    "aws_appautoscaling_target": (Amount("max_capacity"), Amount("min_capacity", floor=True)),
    "aws_lambda_function": (Amount("reserved_concurrent_executions", -1),),
    "aws_eks_node_group": (
        Amount("scaling_config.desired_size"),
        Amount("scaling_config.max_size"),
        Amount("scaling_config.min_size", floor=True),
    ),
    "aws_rds_cluster": (
        Amount("serverlessv2_scaling_configuration.max_capacity"),
        Amount("serverlessv2_scaling_configuration.min_capacity", floor=True),
    ),
    "aws_msk_cluster": (Amount("number_of_broker_nodes"),),
    "google_container_node_pool": (
        Amount("node_count"),
        Amount("autoscaling.max_node_count"),
        Amount("autoscaling.min_node_count", floor=True),
    ),
    "google_compute_instance_group_manager": (Amount("target_size"),),
    "google_compute_region_instance_group_manager": (Amount("target_size"),),
    "google_cloud_run_v2_service": (
        Amount("template.scaling.max_instance_count"),
        Amount("template.scaling.min_instance_count", 0, floor=True),
    ),
    "azurerm_linux_virtual_machine_scale_set": (Amount("instances"),),
    "azurerm_windows_virtual_machine_scale_set": (Amount("instances"),),
    "azurerm_kubernetes_cluster_node_pool": (
        Amount("node_count"),
        Amount("max_count"),
        Amount("min_count", floor=True),
    ),
    "google_compute_autoscaler": (
        Amount("autoscaling_policy.max_replicas"),
        Amount("autoscaling_policy.min_replicas", floor=True),
    ),
    "google_compute_region_autoscaler": (
        Amount("autoscaling_policy.max_replicas"),
        Amount("autoscaling_policy.min_replicas", floor=True),
    ),
    "azurerm_monitor_autoscale_setting": (
        Amount("profile.capacity.maximum"),
        Amount("profile.capacity.minimum", floor=True),
    ),
    "kubernetes_horizontal_pod_autoscaler_v2": (
        Amount("spec.max_replicas"),
        Amount("spec.min_replicas", 1, floor=True),
    ),
    "aws_cloudwatch_event_rule": (Amount("state", runs=True), Amount("is_enabled", runs=True)),
    "aws_scheduler_schedule": (Amount("state", runs=True),),
    "aws_lambda_event_source_mapping": (Amount("enabled", runs=True),),
    "google_cloud_scheduler_job": (Amount("paused", switch=True),),
    "AWS::Events::Rule": (Amount("Properties.State", runs=True),),
    "AWS::Scheduler::Schedule": (Amount("Properties.State", runs=True),),
    "AWS::Lambda::EventSourceMapping": (Amount("Properties.Enabled", runs=True),),
    "aws_lambda_provisioned_concurrency_config": (Amount("provisioned_concurrent_executions"),),
    "kubernetes_deployment": (Amount("spec.replicas", 1),),
    "kubernetes_deployment_v1": (Amount("spec.replicas", 1),),
    "kubernetes_stateful_set": (Amount("spec.replicas", 1),),
    "kubernetes_stateful_set_v1": (Amount("spec.replicas", 1),),
    "Deployment": _REPLICAS,
    "StatefulSet": _REPLICAS,
    "ReplicaSet": _REPLICAS,
    "ReplicationController": _REPLICAS,
    "service": (Amount("deploy.replicas", 1), Amount("scale", 1)),
    "CronJob": (Amount("spec.suspend", switch=True),),
    "Job": (Amount("spec.suspend", switch=True), Amount("spec.parallelism", 1)),
    "HorizontalPodAutoscaler": (Amount("spec.maxReplicas"), Amount("spec.minReplicas", 1, floor=True)),
    "AWS::ECS::Service": (Amount("Properties.DesiredCount", 1),),
    "AWS::AutoScaling::AutoScalingGroup": (
        Amount("Properties.DesiredCapacity"),
        Amount("Properties.MaxSize"),
        Amount("Properties.MinSize", floor=True),
    ),
    "AWS::Lambda::Function": (Amount("Properties.ReservedConcurrentExecutions", -1),),
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        Amount("Properties.MaxCapacity"),
        Amount("Properties.MinCapacity", floor=True),
    ),
    "AWS::EKS::Nodegroup": (
        Amount("Properties.ScalingConfig.DesiredSize"),
        Amount("Properties.ScalingConfig.MaxSize"),
        Amount("Properties.ScalingConfig.MinSize", floor=True),
    ),
    "AWS::RDS::DBCluster": (Amount("Properties.ServerlessV2ScalingConfiguration.MaxCapacity"),),
}

# Types that own the number of another entity, which they refer to.
_SCALERS = frozenset(
    {"aws_appautoscaling_target", "google_compute_autoscaler", "google_compute_region_autoscaler",
     "kubernetes_horizontal_pod_autoscaler", "kubernetes_horizontal_pod_autoscaler_v2", "HorizontalPodAutoscaler",
     "AWS::ApplicationAutoScaling::ScalableTarget", "ScaledObject", "azurerm_monitor_autoscale_setting"}
)  # fmt: skip


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The first number of a thing on both sides that is different: desired before limits, one fact for one cause."""
    if change.before is None or change.after is None:
        return
    for amount in _AMOUNTS.get(change.type, ()):
        old, new = (
            found(change.before.attributes, steps(amount.path)),
            found(change.after.attributes, steps(amount.path)),
        )
        before, after = _count(amount, old), _count(amount, new)
        if before is None or after is None or before == after:
            continue
        scaled = _is_autoscaled(change.after, context) or (
            after < before and _is_scaled_elsewhere(change.after, context)
        )
        yield _fact(amount, before, after, old, new, scaled)
        return


def fact_of(amount: Amount, old: Value, new: Value, autoscaled: bool) -> Iterator[Fact]:
    """The fact of one number that both sides have, where it changed."""
    before, after = _count(amount, old), _count(amount, new)
    if before is not None and after is not None and before != after:
        yield _fact(amount, before, after, old, new, autoscaled)


def _count(amount: Amount, value: Value | None) -> float | None:
    """How many; None when it cannot be known. Below zero means without limit."""
    if amount.switch or amount.runs:
        if value is None:
            return 1.0
        state = truth(value.scalar) if value.known else None
        return None if state is None else float(state is amount.runs)
    if value is None:
        number = amount.default
    else:
        read = quantity(value.scalar) if value.known else None
        number = read[0] if read else None
    return float("inf") if number is not None and number < 0 else number


def _fact(amount: Amount, before: float, after: float, old: Value | None, new: Value | None, autoscaled: bool) -> Fact:
    return Fact(
        "capacity",
        {
            "name": amount.path,
            "before": before,
            "after": after,
            "ratio": after / before if 0 < before < float("inf") else None,
            "zero": after == 0 and before > 0 and not amount.floor,
            "autoscaled": autoscaled,
            "measure": "copies",
            "was": _text(amount, before),
            "now": _text(amount, after),
            "starved": False,
            "summary": f"{amount.path} {_text(amount, before)} -> {_text(amount, after)}",
        },
        path=amount.path,
        before=old.region if old else None,
        after=new.region if new else None,
    )


def _text(amount: Amount, count: float) -> str:
    """A number as it is written; of a switch, what it says."""
    if amount.switch or amount.runs:
        return "true" if (count > 0) is amount.runs else "false"
    return f"{count:g}"


def _is_autoscaled(entity: Entity, context: Context) -> bool:
    """Whether something else owns the number: an ignored change, a scaler that refers to the entity or names it."""
    ignored = entity.attributes.get("lifecycle", "ignore_changes")
    if ignored is not None and any(
        "desired" in str(e.scalar) or e.scalar == "all" for e in (*ignored.elements, ignored)
    ):
        return True
    return any(_scales(scaler, entity) for scaler in context.once(_scalers))


def _is_scaled_elsewhere(entity: Entity, context: Context) -> bool:
    """Whether a file that did not change has an autoscaler for a Kubernetes object. Costs a search of the tree."""
    if entity.kind != "kubernetes.object":
        return False
    from blastlint.enrich.kubernetes.references import together, written
    from blastlint.enrich.kubernetes.tree import objects_naming

    entity = written(entity)
    scalers = (other for other in objects_naming(context, "after", entity.name) if other.type in _SCALERS)
    return any(_scales(scaler, entity) and together(scaler, entity) for scaler in scalers)


def _scalers(context: Context) -> list[Entity]:
    return [entity for entity in context.entities_after if entity.type in _SCALERS]


def _scales(scaler: Entity, entity: Entity) -> bool:
    if is_named(scaler.references, entity.address):
        return True
    target = scaler.attributes.get("spec", "scaleTargetRef")
    if target is None:
        return False
    kind, name = target.get("kind"), target.get("name")
    return (kind is None or kind.scalar == entity.type) and name is not None and name.scalar == entity.name
