"""Reads what forces a new azurerm resource from the docstrings of the PyPI package pulumi_azure, without importing it.

    pip download pulumi_azure --no-deps -d /tmp/wheels
    python tools/force_new_azurerm.py /tmp/wheels/pulumi_azure-*.whl

The package is generated from the provider's own documentation, which says "Changing this forces a new resource to be
created". Pulumi renames: lists of blocks are in the plural there, and a type's name is made of module and file (PREFIXES
and NAMES say how). A sentence with a condition makes the entry conditional.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).parent.parent / "blastlint/facts/terraform/azurerm.jsonl"
FORCES = re.compile(
    r"(chang\w+ (this|the)?[^.]{0,60}(forces?|will force|force|causes?|results? in|recreates)"
    r"|forc(es|ing) (a new|replacement|the|recreation)|being recreated|new resource to be created)",
    re.I,
)
CONDITION = re.compile(r"\b(when|unless|if|from|except|once|decreas\w+|reduc\w+|downgrad\w+|removing)\b", re.I)
PLAIN = re.compile(
    r"\(?changing (this|the field|this field|this value)[^.]{0,20} forces a new [\w\s]{0,60}to be created\)?\.?$", re.I
)
PARAMETER = re.compile(r"^:param ([^\n]*?)\b(\w+): (.*?)(?=^:param |\Z)", re.S | re.M)
NESTED = re.compile(r"'(?:_inputs\.)?(\w+Args)'")
MAX_DEPTH = 4
# Pulumi's module -> what the provider's type starts with, where that is not the module's name. "" for the modules whose
# types have no common start.
PREFIXES = {
    **dict.fromkeys(
        (
            "core",
            "network",
            "compute",
            "appservice",
            "containerservice",
            "authorization",
            "management",
            "domainservices",
            "privatelink",
            "proximity",
            "monitoring",
            "hsm",
            "appinsights",
            "operationalinsights",
        ),
        "",
    ),
    "privatedns": "private_dns",
    "recoveryservices": "recovery_services",
    "keyvault": "key_vault",
    "apimanagement": "api_management",
    "siterecovery": "site_recovery",
    "dataprotection": "data_protection",
    "machinelearning": "machine_learning",
    "appconfiguration": "app_configuration",
    "digitaltwins": "digital_twins",
    "elasticsan": "elastic_san",
    "confidentialledger": "confidential_ledger",
    "logicapps": "logic_app",
    "servicefabric": "service_fabric",
    "datafactory": "data_factory",
    "datashare": "data_share",
    "containerapp": "container_app",
    "loganalytics": "log_analytics",
    "trafficmanager": "traffic_manager",
    "mongocluster": "mongo_cluster",
    "managedredis": "managed_redis",
    "appplatform": "spring_cloud",
}
# module/file -> type, where even that does not hold
NAMES = {
    "lb/load_balancer": "lb",
    "eventhub/event_hub": "eventhub",
    "eventhub/event_hub_namespace": "eventhub_namespace",
    "containerservice/registry": "container_registry",
    "containerservice/group": "container_group",
    "operationalinsights/analytics_workspace": "log_analytics_workspace",
    "appinsights/insights": "application_insights",
    "authorization/assignment": "role_assignment",
    "containerapp/app": "container_app",
    "iot/io_t_hub": "iothub",
    "keyvault/certifiate": "key_vault_certificate",
    "mssql/elastic_pool": "mssql_elasticpool",
    "privatelink/endpoint": "private_endpoint",
    "appservice/plan": "app_service_plan",
    "dataprotection/backup_instance_blog_storage": "data_protection_backup_instance_blob_storage",
    "appconfiguration/configuration_store": "app_configuration",
    "confidentialledger/ledger": "confidential_ledger",
    "digitaltwins/instance": "digital_twins_instance",
    "domainservices/service": "active_directory_domain_service",
    "apimanagement/service": "api_management",
    "datafactory/factory": "data_factory",
    "mongocluster/mongo_cluster": "mongo_cluster",
    "hdinsight/h_base_cluster": "hdinsight_hbase_cluster",
    "hsm/module": "dedicated_hardware_security_module",
    "compute/scale_set": "virtual_machine_scale_set",
    "managedredis/managed_redis": "managed_redis",
    "waf/policy": "web_application_firewall_policy",
    "network/profile": "network_profile",
}

# What the docstrings do not say, or say in other words: {type: {letters of facts/providers.py: paths}}. "?" before a path:
# not always. By knowledge of the provider: shrinking and downgrading are not in place; a parent may be named in another way
# (by id and no longer by name) without anything being replaced.
_ROTATED = ("vm_size", "os_disk_type", "os_disk_size_gb", "vnet_subnet_id", "zones", "max_pods")
BY_HAND: dict[str, dict[str, tuple[str, ...]]] = {
    "azurerm_postgresql_flexible_server": {"d": ("storage_mb", "version")},
    "azurerm_mysql_flexible_server": {"d": ("storage.size_gb",)},
    "azurerm_storage_account": {"csu": ("?account_kind",)},
    "azurerm_storage_container": {"c": ("storage_account_name", "storage_account_id")},
    "azurerm_storage_share": {"c": ("storage_account_name", "storage_account_id")},
    "azurerm_storage_queue": {"c": ("storage_account_name", "storage_account_id")},
    "azurerm_cosmosdb_account": {"csu": ("kind", "free_tier_enabled", "key_vault_key_id", "?capabilities", "?backup.type")},
    "azurerm_eventhub": {"c": ("namespace_name", "namespace_id"), "csu": ("?partition_count",)},
    "azurerm_eventhub_namespace": {"csu": ("?sku",)},
    "azurerm_servicebus_namespace": {"csu": ("?sku",)},
    "azurerm_kubernetes_cluster_node_pool": {"csu": tuple(f"?{path}" for path in _ROTATED)},
}
DEFAULTS: dict[str, dict[str, str | bool]] = {
    "azurerm_storage_account": {"account_kind": "StorageV2", "is_hns_enabled": False, "nfsv3_enabled": False},
    "azurerm_cosmosdb_account": {"kind": "GlobalDocumentDB", "free_tier_enabled": False},
}
# Between the values of one group the change is made in place, and for sure in no other case.
WITHIN: dict[str, dict[str, list[list[str]]]] = {
    "azurerm_storage_account": {"account_replication_type": [["LRS", "GRS", "RAGRS"], ["ZRS", "GZRS", "RAGZRS"]]},
}


def type_names(module: str, stem: str) -> Iterator[str]:
    """The names that the provider may have for a resource, best first; one that does not exist does no harm."""
    if named := NAMES.get(f"{module}/{stem}"):
        yield named
        return
    prefix = PREFIXES.get(module, module)
    yield stem if not prefix or stem.startswith(f"{prefix}_") or stem == prefix else f"{prefix}_{stem}"


def parameters(tree: ast.Module) -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """(class, {argument: (type as written, text)}) of every *Args class."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or not node.name.endswith("Args"):
            continue
        for member in node.body:
            if isinstance(member, ast.FunctionDef) and member.name == "__init__":
                text = ast.get_docstring(member) or ""
                yield node.name, {m[2]: (m[1], m[3]) for m in PARAMETER.finditer(text)}


def paths(
    class_: str, classes: dict[str, dict[str, tuple[str, str]]], prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, bool]]:
    """(path, conditional) of everything below a class that forces a new resource."""
    for name, (type_, text) in classes.get(class_, {}).items():
        for spelled in spellings(name, "Sequence" in type_):
            path = f"{prefix}{spelled}"
            for sentence in re.split(r"(?<=[.])\s+|\n", text):
                if FORCES.search(sentence):
                    yield path, bool(CONDITION.search(PLAIN.sub("", sentence.strip())))
                    break
            nested = NESTED.search(type_)
            if nested and depth < MAX_DEPTH:
                yield from paths(nested[1], classes, f"{path}.", depth + 1)


def spellings(name: str, repeated: bool) -> Iterator[str]:
    """The names that an argument may have in Terraform: Pulumi puts lists in the plural."""
    yield name
    if repeated and name.endswith("ies"):
        yield name[:-3] + "y"
    elif repeated and re.search(r"(ss|x|ch|sh)es$", name):
        yield name[:-2]
    elif repeated and name.endswith("s"):
        yield name[:-1]


def by_hand(entry: dict[str, dict[str, Any]], rows: dict[str, tuple[str, ...]]) -> dict[str, dict[str, Any]]:
    """An entry with what is known otherwise of some of its paths."""
    told = {path.removeprefix("?") for paths in rows.values() for path in paths}
    forces = {code: [p for p in found if p not in told] for code, found in entry.get("forces", {}).items()}
    maybe = {path: how for path, how in entry.get("maybe", {}).items() if path not in told}
    for letters, paths in rows.items():
        forces[letters] = sorted({*forces.get(letters, ()), *(path.removeprefix("?") for path in paths)})
        maybe |= {path.removeprefix("?"): "?" for path in paths if path.startswith("?")}
    return {"forces": forces, **({"maybe": maybe} if maybe else {})}


def main() -> None:
    wheel = Path(sys.argv[1])
    version = wheel.name.split("-")[1]
    entries: dict[str, dict[str, dict[str, Any]]] = {}
    resources: list[tuple[str, str, list[tuple[str, bool]]]] = []
    with zipfile.ZipFile(wheel) as archive:
        names = [n for n in archive.namelist() if re.fullmatch(r"pulumi_azure/\w+/[a-z]\w*\.py", n)]
        modules: dict[str, list[str]] = {}
        for name in sorted(names):
            modules.setdefault(name.split("/")[1], []).append(name)
        for module, files in modules.items():
            inputs = f"pulumi_azure/{module}/_inputs.py"
            shared = dict(parameters(ast.parse(archive.read(inputs)))) if inputs in archive.namelist() else {}
            for file in files:
                stem = file.rsplit("/", 1)[1][:-3]
                if stem.startswith("get_"):
                    continue
                own = dict(parameters(ast.parse(archive.read(file))))
                if own:
                    resources.append((module, stem, sorted(set(paths(next(iter(own)), shared | own)))))
    for module, stem, found in resources:
        forces = [p for p, _ in found]
        entry: dict[str, dict[str, Any]] = {"forces": {"csu": forces}} if forces else {}
        conditional = sorted({p for p, c in found if c} - {p for p, c in found if not c})
        if conditional:
            entry["maybe"] = dict.fromkeys(conditional, "?")
        for name in type_names(module, stem):
            entries.setdefault(f"azurerm_{name}", entry)
    for type_, rows in BY_HAND.items():
        entries[type_] = by_hand(entries.get(type_, {}), rows)
    for type_, defaults in DEFAULTS.items():
        entries[type_]["defaults"] = defaults
    for type_, within in WITHIN.items():
        maybe = {path: why for path, why in entries[type_].get("maybe", {}).items() if path not in within}
        entries[type_] = {**entries[type_], "maybe": maybe, "within": within}
    source = f"tools/force_new_azurerm.py on the docstrings of pulumi_azure {version} (PyPI)"
    header = json.dumps(
        {
            "provider": "azurerm",
            "version": version,
            "source": source,
            "identity": ["name", "location", "resource_group_name"],
        }
    )
    lines = [json.dumps([t, e], separators=(",", ":")) for t, e in sorted(entries.items())]
    OUTPUT.write_text("\n".join((header, *lines)) + "\n")
    print(f"{OUTPUT}: {len(lines)} types, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
