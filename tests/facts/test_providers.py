"""The provider tables: look-ups, what ships, and (live) that they agree with the real provider."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from pathlib import Path

import pytest

from blastlint import facts
from blastlint.facts.providers import Answer, Step, facts_of, forces_replacement
from blastlint.facts.stateful import is_routine, lesser_data, stateful_class

BINARY = os.environ.get("BLASTLINT_AWS_PROVIDER", "")
HAND_CHECKED: list[tuple[str, str, Step, Answer]] = [
    ("aws_instance", "ami", "changed", "always"),
    ("aws_instance", "instance_type", "changed", "no"),
    ("aws_instance", "user_data", "changed", "conditional"),
    ("aws_db_instance", "identifier", "changed", "no"),
    ("aws_db_instance", "storage_encrypted", "changed", "always"),
    ("aws_db_instance", "engine", "changed", "always"),
    ("aws_s3_bucket", "bucket", "changed", "always"),
    ("aws_dynamodb_table", "hash_key", "changed", "always"),
    ("aws_security_group", "description", "changed", "always"),
    ("aws_iam_policy", "description", "changed", "always"),
    ("aws_iam_user", "path", "changed", "no"),
    ("aws_route53_record", "type", "changed", "no"),
    ("aws_ssm_document", "document_type", "changed", "no"),
    ("aws_eks_cluster", "encryption_config", "block-removed", "always"),
    ("aws_instance", "ebs_block_device", "block-added", "always"),
    ("azurerm_storage_account", "account_tier", "changed", "always"),
    ("azurerm_storage_account", "account_replication_type", "changed", "always"),
    ("azurerm_postgresql_flexible_server", "storage_mb", "changed", "no"),
    ("azurerm_postgresql_flexible_server", "storage_mb", "lowered", "always"),
    ("aws_elasticache_replication_group", "engine_version", "lowered", "always"),
    ("aws_ec2_transit_gateway", "default_route_table_association", "on", "always"),
    ("aws_ec2_transit_gateway", "default_route_table_association", "off", "no"),
    ("aws_msk_cluster", "kafka_version", "lowered", "always"),
    ("aws_msk_cluster", "kafka_version", "changed", "no"),
    ("aws_elasticache_cluster", "node_type", "changed", "conditional"),
    ("google_sql_database_instance", "region", "changed", "always"),
    ("google_project", "name", "changed", "no"),
    ("google_something_new", "location", "changed", "conditional"),
    ("google_something_new", "labels", "changed", "unknown-type"),
    ("random_password", "length", "changed", "always"),
    ("random_password", "keepers", "set", "always"),
    ("null_resource", "triggers", "changed", "always"),
    ("terraform_data", "input", "changed", "no"),
    ("kubernetes_deployment", "metadata.name", "changed", "always"),
    ("kubernetes_deployment", "spec.replicas", "changed", "no"),
    ("datadog_monitor", "name", "changed", "unknown-type"),
    ("AWS::RDS::DBInstance", "StorageEncrypted", "changed", "always"),
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod", "changed", "no"),
    ("AWS::RDS::DBInstance", "Port", "changed", "conditional"),
    ("AWS::DynamoDB::Table", "KeySchema", "changed", "always"),
    ("AWS::EKS::Cluster", "KubernetesNetworkConfig.ServiceIpv4Cidr", "changed", "always"),
    ("AWS::EKS::Cluster", "ResourcesVpcConfig.EndpointPublicAccess", "changed", "no"),
    ("AWS::AutoScaling::AutoScalingGroup", "LaunchTemplate", "changed", "conditional"),
    ("AWS::SQS::Queue", "FifoQueue", "set", "always"),
    ("AWS::Nobody::Knows", "Name", "changed", "unknown-type"),
    ("Custom::Thing", "ServiceToken", "changed", "unknown-type"),
]


@pytest.mark.parametrize(("type_", "path", "step", "answer"), HAND_CHECKED)
def test_known_answers(type_: str, path: str, step: Step, answer: Answer) -> None:
    assert forces_replacement(type_, path, step) == answer


@pytest.mark.parametrize("provider", ["aws", "azurerm", "google", "others", "cloudformation"])
def test_tables_are_whole(provider: str) -> None:
    """Sorted, each type once, every entry readable by its own look-up, a source and a version in the header."""
    folder = Path(facts.__path__[0]) / ("" if provider == "cloudformation" else "terraform")
    header, *lines = (json.loads(line) for line in (folder / f"{provider}.jsonl").read_bytes().splitlines())
    types = [type_ for type_, _ in lines]
    assert types == sorted(set(types))
    assert set(header) >= {"provider", "version", "source"}
    for type_ in types[:: max(1, len(types) // 40)]:
        known = facts_of(type_)
        assert known is not None and known.type == type_


def test_a_look_up_does_not_parse_the_table() -> None:
    started = time.process_time()
    for type_ in ("aws_instance", "aws_db_instance", "aws_wafv2_web_acl"):
        facts_of.__wrapped__(type_)
    assert time.process_time() - started < 0.05


def test_schema_knowledge() -> None:
    bucket, group, instance = (facts_of(t) for t in ("aws_s3_bucket", "aws_security_group", "aws_instance"))
    assert bucket and group and instance
    assert bucket.defaults["force_destroy"] is False and bucket.alias["id"] == "bucket" and "arn" in bucket.computed
    assert {"ingress", "egress", "ingress.cidr_blocks"} & group.sets == {"ingress", "egress"}
    assert "disable_api_termination" in instance.optional_computed
    assert instance.maybe["user_data"] == "user_data_replace_on_change"


def test_stateful_classes() -> None:
    assert stateful_class("aws_db_instance") == "data" and stateful_class("aws_kms_key") == "secrets_keys"
    assert stateful_class("kubernetes:PersistentVolumeClaim") == "data" and stateful_class("aws_iam_role") == ""
    assert lesser_data("aws_elasticache_cluster") == "cache" and lesser_data("aws_db_instance") == ""
    assert is_routine("aws_ecs_task_definition") and not is_routine("aws_db_instance")


@pytest.mark.terraform
@pytest.mark.skipif(not BINARY, reason="BLASTLINT_AWS_PROVIDER does not name the AWS provider's binary")
@pytest.mark.skipif(importlib.util.find_spec("grpc_tools") is None, reason="grpcio-tools is not installed")
def test_the_real_provider_agrees() -> None:
    tools = str(Path(__file__).parents[2] / "tools")
    sys.path.insert(0, tools)
    try:
        from force_new_aws import CONFIG, Probe  # type: ignore[import-not-found]
        from tfplugin5 import Provider  # type: ignore[import-not-found]
    finally:
        sys.path.remove(tools)
    provider = Provider(BINARY, CONFIG)
    try:
        for type_ in ("aws_s3_bucket", "aws_security_group", "aws_kms_key", "aws_subnet"):
            answers = Probe(provider, type_).ask()["answers"]
            for path, modes in answers.items():
                if "ab" in modes.get("sparse", {}):
                    expected = modes["sparse"]["ab"] or modes["sparse"]["ba"]
                    told = [forces_replacement(type_, path, step) for step in ("changed", "on", "off")]
                    assert any(t != "no" for t in told) == expected, (type_, path)
    finally:
        provider.stop()


def test_what_an_update_in_place_renews() -> None:
    table, function, queue = (facts_of(f"aws_{name}") for name in ("dynamodb_table", "lambda_function", "sqs_queue"))
    assert table is not None and table.renewed == {"stream_arn": ["stream_enabled", "stream_view_type"]}
    assert function is not None and {"memory_size", "?publish"} <= set(function.renewed["version"])
    assert "?publish" not in function.renewed["last_modified"]
    assert queue is not None and not queue.renewed
