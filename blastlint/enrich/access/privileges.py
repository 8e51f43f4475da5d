"""`privilege` facts: what a container or a service of the system may do to its host, and could not before.

Kubernetes workloads, compose services, Dockerfiles and systemd units are read as the set of privileges that each of their
containers holds; a thing that only says the same in another place holds the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from blastlint.enrich.context import Context
from blastlint.facts.paths import found, steps
from blastlint.model import Change, Delta, Entity, Fact, FactValue, Region, Side, Value, scalar_text
from blastlint.parse.keytree import KeyTree
from blastlint.prose import listed
from blastlint.regex import regex

_POD_SPECS = {
    "Pod": "spec",
    "CronJob": "spec.jobTemplate.spec.template.spec",
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController", "Rollout"),
        "spec.template.spec",
    ),
}
_HOST_PATHS = regex(
    r"^/($|etc(/|$)|root(/|$)|proc(/|$)|var/lib/(kubelet|docker|containerd)|var/run/?$|run/?$|dev/?$|boot(/|$))"
)
_SOCKETS = regex(r"(docker|containerd|crio|podman)\.sock$")
_MIGHTY = frozenset({"ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "NET_ADMIN", "DAC_READ_SEARCH", "BPF",
                     "SYS_BOOT", "MKNOD"})  # fmt: skip
_AGENT = regex(r"(^|[-/])(csi|cni|calico|cilium|flannel|weave|node-exporter|kube-proxy|falco|multus|longhorn|device-plugin)")
_STAGE = regex(r"(?mi)^\s*FROM\s+\S+")
_USER = regex(r"(?mi)^\s*USER\s+(\S+)")
# What confines a unit of systemd, and what its absence gives away.
_CONFINING = {
    "NoNewPrivileges": "the right to gain privileges",
    "ProtectSystem": "write access to the system",
    "PrivateDevices": "the devices of the host",
    "CapabilityBoundingSet": "all capabilities",
}
# What a container has that nothing takes from it.
_CAPABILITIES = "the default capabilities"
_WRITABLE = "a root file system to write to"
_SWITCHES = frozenset({"privileged", "runAsNonRoot", "runAsUser", "allowPrivilegeEscalation", "readOnlyRootFilesystem",
                       "hostPID", "hostIPC", "hostNetwork"})  # fmt: skip
_ENFORCE = ("metadata", "labels", "pod-security.kubernetes.io/enforce")
_LEVELS = ("privileged", "baseline", "restricted")

Held = Mapping[str, Mapping[str, bool]]  # container -> privilege in words -> whether it is as good as the host


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one for a thing: everything that it may do and could not before."""
    if change.after is None:
        return
    before = _held(change.before, context, "before") if change.before is not None else None
    after = _held(change.after, context, "after")
    if after is None or (change.before is not None and before is None):
        return
    if change.before is None and change.after.type == "Namespace" and not _level(change.after.attributes):
        return  # what every namespace lets in that nobody says more of
    gained: dict[str, bool] = {}
    everywhere = {privilege for held in (before or {}).values() for privilege in held}
    for container, held in after.items():
        old = (before or {}).get(container)
        known = set(old) if old is not None else everywhere
        gained.update({privilege: grave for privilege, grave in held.items() if privilege not in known})
    if gained:
        regions = _level_region(change.before), _level_region(change.after)
        said = next(filter(_is_said_elsewhere(change), change.deltas), None) if not any(regions) else None
        places = (said.before_region, said.after_region) if said is not None else regions
        yield _fact(gained, _is_agent(change.after), change.before is None, *places)


def _is_said_elsewhere(change: Change) -> Callable[[Delta], bool]:
    """Whether a delta is of a privilege that another file says: the values of a chart. That file's reader is to be told."""

    def told(delta: Delta) -> bool:
        way, place = steps(delta.path), delta.after_region or delta.before_region
        return bool(way) and way[-1].text in _SWITCHES and place is not None and place.path != change.path

    return told


def _fact(gained: Mapping[str, bool], agent: bool, new: bool, old: Region | None, place: Region | None) -> Fact:
    fields: dict[str, FactValue] = {
        "what": tuple(gained),
        "host": any(gained.values()),
        "agent": agent,
        "new": new,
        "summary": listed(sorted(gained, key=lambda privilege: not gained[privilege])),
    }
    return Fact("privilege", fields, "privileges", old, place)


def _held(entity: Entity, context: Context, side: Side) -> Held | None:
    """What each container holds; None for what is no such thing, or could not be read."""
    if entity.kind == "kubernetes.object":
        if entity.type == "Namespace":
            return {"": _admitted(entity.attributes)}
        spec = found(entity.attributes, steps(_POD_SPECS.get(entity.type, "-")))
        return _pod(spec) if spec is not None and spec.is_map else None
    if entity.kind == "compose.service":
        return {"": _service(entity.attributes)}
    if entity.kind == "file" and entity.type == "dockerfile":
        return _image((context.before if side == "before" else context.after).tree.read(entity.address))
    if entity.kind == "file" and entity.address.endswith(".service"):
        document = (context.before if side == "before" else context.after).document(entity.address)
        if document is None or not isinstance(document.content, KeyTree) or not document.content.documents:
            return None
        return {"": _unit(document.content.documents[0])}
    return None


def _admitted(namespace: Value) -> dict[str, bool]:
    """What the pod security level of a namespace lets in."""
    level = _level(namespace) or "privileged"
    if level not in _LEVELS:
        return {}
    allowed = _LEVELS.index("restricted") - _LEVELS.index(level)
    return dict((("pods that run as root", False), ("privileged pods", True))[:allowed])


def _level(namespace: Value) -> str:
    """The pod security level that a namespace names, or nothing."""
    return _text(namespace, *_ENFORCE)


def _level_region(entity: Entity | None) -> Region | None:
    """Where a namespace names its level."""
    level = entity.attributes.get(*_ENFORCE) if entity is not None and entity.type == "Namespace" else None
    return level.region if level is not None else None


def _pod(spec: Value) -> Held:
    shared = {name: True for key, name in (("hostPID", "the processes of the host"), ("hostIPC", "the memory of the host"))
              if _is_on(spec.get(key))}  # fmt: skip
    if _is_on(spec.get("hostNetwork")):
        shared["the network of the host"] = False
    for volume in _maps(spec.get("volumes")):
        shared.update(_mounted(_text(volume, "hostPath", "path")))
    held: dict[str, dict[str, bool]] = {}
    around = spec.get("securityContext") or Value({})
    for kind in ("initContainers", "containers"):
        for container in _maps(spec.get(kind)):
            held[_text(container, "name")] = {**shared, **_container(container.get("securityContext") or Value({}), around)}
    return held


def _container(own: Value, pod: Value) -> dict[str, bool]:
    held: dict[str, bool] = {}
    if _is_on(own.get("privileged")):
        held["all privileges of the host"] = True
    capabilities = own.get("capabilities") or Value({})
    for capability in _elements(capabilities.get("add")):
        held.update(_capability(str(capability.scalar)))
    if capabilities.known and not _drops_all(capabilities.get("drop")):
        held[_CAPABILITIES] = False
    if not _may_be_on(own.get("readOnlyRootFilesystem")):
        held[_WRITABLE] = False
    if _may_be_root(own.get("runAsNonRoot") or pod.get("runAsNonRoot"), own.get("runAsUser") or pod.get("runAsUser")):
        held["the rights of root"] = False
    escalation = own.get("allowPrivilegeEscalation")
    if escalation is None or _is_on(escalation):
        held["the right to gain privileges"] = False
    profile = _text(own, "seccompProfile", "type") or _text(pod, "seccompProfile", "type")
    if profile == "Unconfined":
        held["every system call"] = False
    if _text(own, "procMount") == "Unmasked":
        held["the whole of /proc"] = True
    return held


def stated(context: Value) -> dict[str, bool]:
    """What a security context gives by what it says; what it leaves out is not known."""
    held = _container(context, Value({}))
    if context.get("runAsNonRoot") is None and context.get("runAsUser") is None:
        held.pop("the rights of root", None)
    if context.get("allowPrivilegeEscalation") is None:
        held.pop("the right to gain privileges", None)
    if context.get("capabilities", "drop") is None:
        held.pop(_CAPABILITIES, None)
    if context.get("readOnlyRootFilesystem") is None:
        held.pop(_WRITABLE, None)
    return held


def raised(before: Mapping[str, bool], after: Mapping[str, bool], old: Region | None, new: Region | None) -> Iterator[Fact]:
    """What a container of a chart holds and did not before; which it is, only the chart knows."""
    gained = {privilege: grave for privilege, grave in after.items() if privilege not in before}
    if gained:
        yield _fact(gained, False, False, old, new)


def _may_be_root(refused: Value | None, user: Value | None) -> bool:
    """Whether the user is root, or may be; what is not known is taken to be another one."""
    if user is not None and (not user.known or user.scalar is not None):
        return user.known and str(user.scalar) == "0"
    return refused is None or (refused.known and not _is_on(refused))


def _service(service: Value) -> dict[str, bool]:
    held: dict[str, bool] = {}
    if _is_on(service.get("privileged")):
        held["all privileges of the host"] = True
    for key, words in (("pid", "the processes of the host"), ("ipc", "the memory of the host")):
        if _text(service, key) == "host":
            held[words] = True
    if _text(service, "network_mode") == "host":
        held["the network of the host"] = False
    for capability in _elements(service.get("cap_add")):
        held.update(_capability(str(capability.scalar)))
    if not _drops_all(service.get("cap_drop")):
        held[_CAPABILITIES] = False
    if not _may_be_on(service.get("read_only")):
        held[_WRITABLE] = False
    for option in _elements(service.get("security_opt")):
        if str(option.scalar) in ("seccomp:unconfined", "apparmor:unconfined", "seccomp=unconfined", "apparmor=unconfined"):
            held["every system call"] = False
    for volume in _elements(service.get("volumes")):
        held.update(_mounted(_text(volume, "source") if volume.is_map else str(volume.scalar).partition(":")[0]))
    user = _text(service, "user")
    if user.partition(":")[0] in ("root", "0"):
        held["the rights of root"] = False
    return held


def _image(data: bytes | None) -> Held | None:
    """The user that the last stage of a Dockerfile ends as; none named is root."""
    if data is None:
        return None
    text = data.decode("utf-8", "replace")
    stages = [match.start() for match in _STAGE.finditer(text)]
    if not stages:
        return None
    users = _USER.findall(text, stages[-1])
    return {"": {"the rights of root": False} if not users or users[-1].partition(":")[0] in ("root", "0") else {}}


def _unit(root: Value) -> dict[str, bool]:
    service = root.get("Service") or Value({})
    held: dict[str, bool] = {}
    dynamic = service.get("DynamicUser")
    if _text(service, "User") in ("", "root", "0") and not _is_on(dynamic):
        held["the rights of root"] = False
    for key, words in _CONFINING.items():
        value = service.get(key)
        if value is None or _text(service, key).lower() in ("", "false", "no", "0", "off"):
            held[words] = False
    return held


def _mounted(path: str) -> dict[str, bool]:
    if _SOCKETS.search(path):
        return {f"the container engine ({path})": True}
    return {f"the host's {path}": True} if _HOST_PATHS.match(path) else {}


def _capability(name: str) -> dict[str, bool]:
    name = name.upper().removeprefix("CAP_")
    return {f"the capability {name}": name in _MIGHTY}


def _drops_all(dropped: Value | None) -> bool:
    """Whether every capability is taken away; what is not known is taken to be."""
    if dropped is not None and not dropped.known:
        return True
    return any(str(each.scalar).upper() == "ALL" for each in _elements(dropped))


def _is_agent(entity: Entity) -> bool:
    """Whether it is one of those programs that manage the host's network or disks, and need it."""
    images = [str(v.scalar) for p, v in entity.attributes.leaves() if p.endswith("image") and v.scalar]
    return any(_AGENT.search(text) for text in (entity.name, *images))


def _may_be_on(value: Value | None) -> bool:
    return _is_on(value) or (value is not None and not value.known)


def _is_on(value: Value | None) -> bool:
    return value is not None and str(value.scalar).lower() in ("true", "yes", "on", "1")


def _text(value: Value | None, *path: str) -> str:
    return scalar_text(value.get(*path) if value is not None else None)


def _elements(value: Value | None) -> tuple[Value, ...]:
    return value.elements if value is not None else ()


def _maps(value: Value | None) -> tuple[Value, ...]:
    return tuple(e for e in _elements(value) if e.is_map)
