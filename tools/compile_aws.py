"""Compiles what force_new_aws.py learned into blastlint/facts/terraform/aws.jsonl.

    python tools/compile_aws.py PROVIDER_BINARY --cache /tmp/aws.jsonl [--merge earlier_run_detail.json]

`--merge` names the result of an earlier run of the same method ({"types": {type: {path: {"on": [...]}}}}); it answers only
for paths that this run got no answer about, and the header of the output says how many. The form of the output is
described in blastlint/facts/providers.py.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path as File
from typing import Any

from force_new_aws import CONFIG
from provider_objects import SET, Objects
from tfplugin5 import Provider

VERSION = "hashicorp/aws 5.100.0"
OUTPUT = File(__file__).parent.parent / "blastlint/facts/terraform/aws.jsonl"
_LETTERS = {"set": "s", "unset": "u", "add": "a", "remove": "r", "ab": "c", "ba": "c"}
# What a lone change of one argument cannot show: both need an agreeing change elsewhere in the object.
BY_HAND: dict[str, dict[str, str]] = {
    "aws_dynamodb_table": {"hash_key": "c", "range_key": "csu"},
    "aws_ecs_task_definition": {"container_definitions": "c"},
    "aws_ecr_lifecycle_policy": {"policy": "c"},
    "aws_glacier_vault_lock": {"policy": "c"},
    "aws_emr_cluster": {"step": "c", "placement_group_config": "c"},
    "aws_db_instance": {"character_set_name": "cs"},
    "aws_elasticache_cluster": {"engine_version": "d", "node_type": "c"},
    "aws_elasticache_replication_group": {"engine_version": "d"},
    "aws_sagemaker_notebook_instance": {"volume_size": "d"},
}

# When alone a change forces, by the provider's documentation and code: what a lone change cannot show either.
CONDITIONS: dict[str, dict[str, str]] = {
    "aws_batch_compute_environment": {
        "compute_resources.security_group_ids": "compute_resources.type=EC2|SPOT",
        "compute_resources.subnets": "compute_resources.type=EC2|SPOT",
    },
    "aws_elasticache_cluster": {"node_type": "engine=memcached"},
}

# Arguments whose value is also the type's `id`, by the provider's documentation.
_IDS = {
    "bucket": "aws_s3_bucket",
    "name": """aws_iam_role aws_iam_user aws_iam_group aws_iam_instance_profile aws_dynamodb_table aws_cloudwatch_log_group
        aws_ecr_repository aws_db_subnet_group aws_db_parameter_group aws_db_option_group aws_elasticache_subnet_group
        aws_elasticache_parameter_group aws_eks_cluster aws_autoscaling_group aws_rds_cluster_parameter_group
        aws_redshift_subnet_group aws_docdb_subnet_group aws_neptune_subnet_group aws_backup_vault aws_ssm_parameter
        aws_athena_workgroup aws_launch_configuration aws_elb aws_elastic_beanstalk_application aws_glue_job
        aws_glue_crawler""",
    "cluster_identifier": "aws_rds_cluster aws_docdb_cluster aws_neptune_cluster aws_redshift_cluster",
    "function_name": "aws_lambda_function",
    "key_name": "aws_key_pair",
    "replication_group_id": "aws_elasticache_replication_group",
    "cluster_id": "aws_elasticache_cluster",
    "zone_id": "aws_route53_zone",
    "url": "aws_sqs_queue",
    "key_id": "aws_kms_key",
    "arn": """aws_lb aws_lb_listener aws_lb_target_group aws_iam_policy aws_acm_certificate aws_secretsmanager_secret
        aws_ecs_cluster aws_sfn_state_machine aws_alb aws_alb_target_group aws_sns_topic""",
}
ALIASES = {type_: {"id": argument} for argument, types in _IDS.items() for type_ in types.split()}

# Attributes to which an update in place gives a new value and that no plan shows as such, by documentation; what plans show
# is asked by renewed_aws.py.
RENEWED: dict[str, dict[str, list[str]]] = {
    "aws_s3_object": {"etag": ["*"]},
    "aws_imagebuilder_image_pipeline": {"date_updated": ["*"]},
}

# What the cloud gives where an argument is left out, by its documentation: written out, such a value changes nothing.
USUAL: dict[str, dict[str, Any]] = {
    "aws_alb": {"ip_address_type": "ipv4", "internal": False},
    "aws_alb_target_group": {"ip_address_type": "ipv4", "protocol_version": "HTTP1"},
    "aws_cloudwatch_log_group": {"log_group_class": "STANDARD"},
    "aws_db_instance": {"backup_target": "region", "multi_az": False, "network_type": "IPV4"},
    "aws_ebs_volume": {"encrypted": False, "type": "gp2"},
    "aws_ecs_service": {"launch_type": "EC2"},
    "aws_ecs_task_definition": {"network_mode": "bridge"},
    "aws_efs_file_system": {"encrypted": False, "performance_mode": "generalPurpose"},
    "aws_eip": {"domain": "vpc"},
    "aws_eks_cluster": {"kubernetes_network_config.ip_family": "ipv4"},
    "aws_eks_node_group": {"capacity_type": "ON_DEMAND", "disk_size": 20},
    "aws_elasticache_cluster": {"az_mode": "single-az", "ip_discovery": "ipv4", "network_type": "ipv4"},
    "aws_elasticache_replication_group": {
        "at_rest_encryption_enabled": False,
        "data_tiering_enabled": False,
        "ip_discovery": "ipv4",
        "network_type": "ipv4",
        "transit_encryption_enabled": False,
    },
    "aws_instance": {"tenancy": "default"},
    "aws_kms_key": {"multi_region": False},
    "aws_lb": {"ip_address_type": "ipv4", "internal": False},
    "aws_lb_target_group": {"ip_address_type": "ipv4", "protocol_version": "HTTP1"},
    "aws_msk_cluster": {"storage_mode": "LOCAL"},
    "aws_network_interface": {"interface_type": "interface"},
    "aws_opensearch_domain": {"ip_address_type": "ipv4"},
    "aws_rds_cluster": {"network_type": "IPV4"},
    "aws_redshift_cluster": {"cluster_type": "single-node"},
    "aws_s3_bucket": {"object_lock_enabled": False},
}


def code_of(kind: Any, modes: dict[str, Any]) -> tuple[str, str]:
    """(letters of the transitions that force, condition). `?` as condition: sometimes, and we do not know when."""
    sparse, full = modes.get("sparse", {}), modes.get("full", {})
    letters: dict[str, bool] = {}
    conditional = False
    for transition in ("set", "unset") if kind == "block" else ("ab", "ba", "set", "unset"):
        if transition in sparse:
            forced = sparse[transition]
            # a whole block that forces only when it is full does so by what is in it
            conditional |= not forced and full.get(transition, False) and kind != "block"
        else:
            forced = full.get(transition, False)
        letter = transition
        if kind == "block":
            letter = {"set": "a", "unset": "r"}[transition]
        elif transition in ("ab", "ba"):
            # the first sample of a bool is true, so "ab" turns it off
            letter = {"ab": "f", "ba": "t"}[transition] if kind == "bool" else "c"
        else:
            letter = _LETTERS[transition]
        letters[letter] = letters.get(letter, False) or forced
    code = "".join(letter for letter, forced in letters.items() if forced)
    if "f" in code and "t" in code:
        code = "c" + code.replace("f", "").replace("t", "")
    if code or not conditional:
        return code, ""
    code = "".join(sorted({_LETTERS[t] for t in ("ab", "ba", "set", "unset") if full.get(t)}))
    return code, modes.get("condition") or "?"


def entry_of(
    type_: str, objects: Objects, answer: dict[str, Any], earlier: dict[str, Any]
) -> tuple[dict[str, Any], int]:
    forces: dict[str, list[str]] = {}
    conditions: dict[str, str] = {}
    merged = 0
    known = BY_HAND.get(type_, {})
    for leaf in objects.leaves:
        path = ".".join(leaf.path)
        modes = answer["answers"].get(path, {})
        code, condition = code_of(leaf.kind, modes)
        if not any(modes.get(mode) for mode in ("sparse", "full")) and path in earlier:
            code = "".join(sorted({_LETTERS[on] for on in earlier[path]["on"]}))
            condition = "?" if earlier[path].get("conditional") else ""
            merged += 1
        if path in known:
            code, condition = known[path], ""
        if code:
            forces.setdefault("".join(sorted(code)), []).append(path)
        condition = CONDITIONS.get(type_, {}).get(path, condition)
        if code and condition:
            conditions[path] = condition
    computed, optional_computed, sets, sensitive, blocks = [], [], [], [], []
    for leaf in objects.leaves:
        path = ".".join(leaf.path)
        if "computed" in leaf.flags and path != "id":
            (optional_computed if "optional" in leaf.flags else computed).append(path)
        if leaf.nesting == SET or (isinstance(leaf.kind, list) and leaf.kind[0] == "set"):
            sets.append(path)
        if "sensitive" in leaf.flags:
            sensitive.append(path)
        if leaf.kind == "block":
            blocks.append(path)
    entry = {
        "forces": dict(sorted(forces.items())),
        "maybe": conditions,
        "computed": [p for p in computed if "." not in p],
        "optional_computed": optional_computed,
        "sets": sets,
        "sensitive": sensitive,
        "defaults": dict(sorted(answer["defaults"].items())),
        "alias": ALIASES.get(type_, {}),
        "usual": USUAL.get(type_, {}),
        "renewed": RENEWED.get(type_, {}),
        "known": [n for n in answer["known"] if n != "tags_all"],
    }
    return {name: value for name, value in entry.items() if value}, merged


def noted(header: str, tool: str, types: int) -> str:
    """The table's header with what another tool has asked."""
    said = json.loads(header)
    parts = [part for part in said["source"].split("; ") if not part.startswith(f"tools/{tool} ")]
    said["source"] = "; ".join((*parts, f"tools/{tool} asked about {types} types"))
    return json.dumps(said, separators=(",", ":"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--cache", required=True)
    parser.add_argument("--merge", default="")
    arguments = parser.parse_args()
    answers = {(a := json.loads(line))["type"]: a for line in File(arguments.cache).read_text().splitlines()}
    earlier = json.loads(File(arguments.merge).read_text())["types"] if arguments.merge else {}
    provider = Provider(arguments.binary, CONFIG)
    provider.stop()
    lines, merged_paths, merged_types = [], 0, 0
    for type_ in sorted(provider.blocks):
        answer = answers.get(type_, {"answers": {}, "defaults": {}, "known": []})
        entry, merged = entry_of(type_, Objects(provider.blocks[type_]), answer, earlier.get(type_, {}))
        merged_paths, merged_types = merged_paths + merged, merged_types + bool(merged)
        lines.append(json.dumps([type_, entry], separators=(",", ":")))
    asked = sum(1 for a in answers.values() if a["settled"]["sparse"])
    source = f"tools/force_new_aws.py asked {VERSION}: {asked} of {len(lines)} types settled"
    if merged_paths:
        source += f"; {merged_paths} paths of {merged_types} types are of an earlier run of the same method"
    header = json.dumps({"provider": "aws", "version": "5.100.0", "source": source}, separators=(",", ":"))
    OUTPUT.write_text("\n".join((header, *lines)) + "\n")
    print(f"{OUTPUT}: {len(lines)} types, {OUTPUT.stat().st_size} bytes; {source}")


if __name__ == "__main__":
    main()
