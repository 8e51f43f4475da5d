"""`barrier` facts: what kept traffic away between two places and does so no more: network policies (of Kubernetes, Cilium,
Calico) and web application firewalls.

A policy that is gone says nothing where another one in the same namespace still selects the same pods. Peers of a policy are
compared as sets of addresses and ports; names of pods and namespaces are the same only when they are equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from blastlint.enrich.access.policies import plain
from blastlint.enrich.context import Context
from blastlint.enrich.exposure.networks import ALL_PORTS, Reach, grown
from blastlint.enrich.lifecycle.addresses import is_named
from blastlint.facts.paths import found, steps
from blastlint.model import Change, Entity, Fact, Region, Value

POLICIES = ("NetworkPolicy", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy")
_FIREWALLS = ("aws_wafv2_web_acl", "aws_waf_web_acl", "aws_wafregional_web_acl", "AWS::WAFv2::WebACL",
              "google_compute_security_policy", "azurerm_web_application_firewall_policy")  # fmt: skip
_ASSOCIATIONS = {
    "aws_wafv2_web_acl_association": "resource_arn",
    "aws_wafregional_web_acl_association": "resource_arn",
    "AWS::WAFv2::WebACLAssociation": "Properties.ResourceArn",
}
# What names the firewall before itself.
_NAMING = {
    "aws_cloudfront_distribution": "web_acl_id",
    "AWS::CloudFront::Distribution": "Properties.DistributionConfig.WebACLId",
    "google_compute_backend_service": "security_policy",
    "google_compute_region_backend_service": "security_policy",
    "azurerm_application_gateway": "firewall_policy_id",
    "azurerm_cdn_frontdoor_security_policy": "security_policies",
}
_SELECTORS = ("spec.podSelector", "spec.endpointSelector", "spec.selector")
_ALL_PODS = "every pod"


def facts(change: Change, context: Context) -> Iterator[Fact]:
    if change.kind == "kubernetes.object" and change.type in POLICIES:
        yield from _policy(change, context)
    elif change.type in _FIREWALLS and change.before is not None and change.after is not None:
        yield from _firewall(change.before, change.after)
    elif change.type in _NAMING and change.before is not None and change.after is not None:
        yield from _unnamed(change.before, change.after)
    elif change.type in _ASSOCIATIONS and change.before is not None and change.after is None:
        yield from _unprotected(change.before, context)


def _fact(what: str, kind: str, summary: str, before: Region | None, after: Region | None = None) -> Fact:
    return Fact("barrier", {"what": what, "kind": kind, "summary": summary}, what, before, after)


# --- network policies ---------------------------------------------------------------------------------------------------


def _policy(change: Change, context: Context) -> Iterator[Fact]:
    before, after = change.before, change.after
    if before is None:
        return
    others = [e for e in context.entities_after if e.type in POLICIES and _namespace(e) == _namespace(before)]
    if after is None:
        if _isolates(before) and not _workloads_gone(before, context) and not any(_selects(o, before) for o in others):
            summary = f"the policy {before.name} no longer isolates {_pods(before)}"
            yield _fact("removed", "network-policy", summary, before.header)
        return
    rest = [o for o in others if o is not after]
    if _isolates(before) and not _chooses(after, before) and not any(_selects(o, before) for o in rest):
        summary = f"the policy isolates {_pods(after)} instead of {_pods(before)}"
        yield _fact("selector-narrowed", "network-policy", summary, before.header, after.header)
    for direction, words in (("ingress", "from"), ("egress", "to")):
        if not _limits(before, direction):
            continue
        if not _limits(after, direction):
            summary = f"the policy no longer limits {'incoming' if words == 'from' else 'outgoing'} traffic"
            yield _fact(f"{direction}-unlimited", "network-policy", summary, before.header, after.header)
            continue
        wide = [r for r in grown(_peers(before, direction), _peers(after, direction)) if r.world or r.source == _ALL_PODS]
        if wide:
            who = "every address" if any(r.world for r in wide) else _ALL_PODS
            summary = f"the policy now lets traffic {words} {who} pass"
            yield _fact(f"{direction}-widened", "network-policy", summary, before.header, after.header)


def _namespace(entity: Entity) -> str:
    value = entity.attributes.get("metadata", "namespace")
    return str(value.scalar or value.text) if value is not None else ""


def _selector(entity: Entity) -> Value:
    return next((v for name in _SELECTORS if (v := found(entity.attributes, steps(name))) is not None), Value({}))


def _selects(policy: Entity, old: Entity) -> bool:
    """Whether it isolates at least the pods that the old one did."""
    return not _is_allow_all(policy) and _chooses(policy, old)


def _chooses(policy: Entity, old: Entity) -> bool:
    """Whether its selector takes in the pods of the old one. Fewer labels are more pods."""
    wide, narrow = _selector(policy), _selector(old)
    if not wide.known:
        return True  # perhaps
    if wide.items.get("matchExpressions") not in (None, narrow.items.get("matchExpressions")):
        return False
    labels = (wide.get("matchLabels") or Value({})).items
    return labels.items() <= (narrow.get("matchLabels") or Value({})).items.items()


def _is_allow_all(policy: Entity) -> bool:
    return any(r.world or r.source == _ALL_PODS for r in _peers(policy, "ingress") if r.ports == ALL_PORTS)


def _isolates(policy: Entity) -> bool:
    return not _is_allow_all(policy) or _limits(policy, "egress")


def _limits(policy: Entity, direction: str) -> bool:
    """Whether the policy speaks of this direction at all; without policyTypes, ingress always, egress by its presence."""
    types = found(policy.attributes, steps("spec.policyTypes")) or found(policy.attributes, steps("spec.types"))
    if types is not None and types.is_list:
        return any(str(t.scalar).lower() == direction for t in types.elements)
    spec = policy.attributes.get("spec") or Value({})
    return direction in spec.items or (direction == "ingress" and policy.type == "NetworkPolicy")


def _workloads_gone(policy: Entity, context: Context) -> bool:
    """Whether the change takes away the workloads that the policy selected, or its namespace."""
    labels = (_selector(policy).get("matchLabels") or Value({})).items
    for change in context.changes:
        if change.kind != "kubernetes.object" or change.after is not None or change.before is None:
            continue
        if change.type == "Namespace" and change.before.name == _namespace(policy):
            return True
        pod = found(change.before.attributes, steps("spec.template.metadata.labels"))
        if labels and pod is not None and labels.items() <= pod.items.items():
            return True
    return False


def _pods(policy: Entity) -> str:
    labels = (_selector(policy).get("matchLabels") or Value({})).items
    named = ", ".join(f"{k}={v.scalar if v.known else v.text}" for k, v in labels.items())
    return f"the pods with {named}" if named else "all pods of its namespace"


def _peers(policy: Entity, direction: str) -> list[Reach]:
    """What the policy lets pass, as far as its words are those of a NetworkPolicy."""
    rules = found(policy.attributes, steps(f"spec.{direction}"))
    opened: list[Reach] = []
    for rule in rules.elements if rules is not None and rules.is_list else ():
        peers = rule.get("from" if direction == "ingress" else "to")
        ports = [_port(p) for p in (rule.get("ports") or Value(())).elements] or [("*", ALL_PORTS)]
        sources = [s for p in peers.elements for s in _sources(p)] if peers is not None and peers.elements else None
        if peers is not None and not peers.known:
            continue
        if policy.type != "NetworkPolicy" and sources is None:
            sources = _others(rule)
        for protocol, stretch in ports:
            for source in sources if sources is not None else ["*"]:
                opened.append(Reach(protocol, stretch, source))
    return opened


def _sources(peer: Value) -> list[str]:
    block = peer.get("ipBlock")
    if block is not None:
        excepted = block.get("except")
        cidr = block.get("cidr")
        text = str(cidr.scalar) if cidr is not None and cidr.known else "${cidr}"
        return [text] if excepted is None or not excepted.elements else [f"{text} but for {_text(excepted)}"]
    namespaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
    if namespaces is not None and namespaces.is_map and not namespaces.items and (pods is None or not pods.items):
        return [_ALL_PODS]
    return [_text(peer)]


def _others(rule: Value) -> list[str]:
    """Peers in the words of Cilium and Calico: `world` and 0.0.0.0/0 are everyone, the rest is a name."""
    text = _text(rule)
    if '"world"' in text or '"all"' in text or "0.0.0.0/0" in text:
        return ["*"]
    return [text] if rule.items else ["*"]


def _port(port: Value) -> tuple[str, tuple[int, int]]:
    protocol = port.get("protocol")
    name = str(protocol.scalar).lower() if protocol is not None and protocol.scalar else "tcp"
    number, end = port.get("port"), port.get("endPort")
    if number is None or not isinstance(number.scalar, int):
        return name, ALL_PORTS if number is None else (-1, -1)
    last = end.scalar if end is not None and isinstance(end.scalar, int) else number.scalar
    return name, (number.scalar, last)


def _text(value: Value) -> str:
    return json.dumps(plain(value), sort_keys=True, default=str)


# --- web application firewalls ------------------------------------------------------------------------------------------


def _firewall(before: Entity, after: Entity) -> Iterator[Fact]:
    old, new = _rules(before), _rules(after)
    gone = [name for name in old if name not in new]
    born = [name for name in new if name not in old]
    if gone and len(born) < len(gone):
        summary = f"{len(gone)} of its {len(old)} rules {'is' if len(gone) == 1 else 'are'} gone: {', '.join(gone[:3])}"
        yield _fact("rules-removed", "waf", summary, before.header, after.header)
    counted = [name for name in old if name in new and old[name] and not new[name]]
    if counted:
        summary = f"{', '.join(counted[:3])} only count{'s' if len(counted) == 1 else ''} what was blocked before"
        yield _fact("rules-counting", "waf", summary, before.header, after.header)
    if _refuses(before) and not _refuses(after):
        yield _fact("default-allows", "waf", "it lets pass what none of its rules names", before.header, after.header)


def _refuses(firewall: Entity) -> bool:
    """Whether what no rule names is blocked."""
    for path in ("default_action.block", "Properties.DefaultAction.Block"):
        if found(firewall.attributes, steps(path)) is not None:
            return True
    return False


def _rules(firewall: Entity) -> dict[str, bool]:
    """name -> whether the rule blocks (and does not only count)."""
    attributes = firewall.attributes
    rules: Sequence[Value] = ()
    for path in ("rule", "rules", "Properties.Rules", "custom_rules"):
        value = found(attributes, steps(path))
        if value is not None:
            rules = value.elements if value.is_list else (value,)
            break
    named = {}
    for rule in rules:
        name = rule.get("name") or rule.get("Name") or rule.get("priority") or rule.get("rule_id")
        if name is not None:
            named[str(name.scalar)] = not _counts(rule)
    return named


def _counts(rule: Value) -> bool:
    for key in ("action", "override_action", "Action", "OverrideAction"):
        value = rule.get(key)
        if value is None:
            continue
        first = value.elements[0] if value.elements else value
        if any(k.lower() == "count" for k in first.items) or str(first.scalar).lower() in ("count", "allow", "log"):
            return True
    preview = rule.get("preview")
    return preview is not None and str(preview.scalar).lower() == "true"


def _unnamed(before: Entity, after: Entity) -> Iterator[Fact]:
    """What no longer names the firewall that stood before it."""
    path = steps(_NAMING[before.type])
    old, new = found(before.attributes, path), found(after.attributes, path)
    if old is not None and (not old.known or old.data) and (new is None or (new.known and not new.data)):
        summary = f"no web firewall stands before {before.address} any more"
        yield _fact("association-removed", "waf", summary, before.header, after.header)


def _unprotected(before: Entity, context: Context) -> Iterator[Fact]:
    """An association that is gone while what it protected stays, and no other one protects it."""
    target = found(before.attributes, steps(_ASSOCIATIONS[before.type]))
    if target is None:
        return
    staying = [e for e in context.entities_after if is_named(target.refs, e.address)]
    again = [
        e
        for e in context.entities_after
        if e.type in _ASSOCIATIONS and found(e.attributes, steps(_ASSOCIATIONS[e.type])) == target
    ]
    if staying and not again:
        summary = f"no web firewall stands before {staying[0].address} any more"
        yield _fact("association-removed", "waf", summary, before.header)
