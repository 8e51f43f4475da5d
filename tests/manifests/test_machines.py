"""What machines do by themselves, and alarms: any input is read or passed over, and odd forms mean what they mean."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.enrich.guards.alerts import _is_milder, _metrics, _wait
from blastlint.model import Entity
from blastlint.parse.workspace import Workspace
from blastlint.resolve.machines import entities
from blastlint.sources.memory import change_set

PATHS = ("a.timer", "etc/apt/apt.conf.d/20auto-upgrades", "etc/dnf/automatic.conf", "crontab", "Dockerfile", "site.yml")


def made(path: str, text: str | bytes) -> list[Entity]:
    return list(entities(Workspace(change_set({}, {path: text}).after, "after"), [path]))


def values(entity: Entity) -> dict[str, object]:
    return {key: value.scalar for key, value in entity.attributes.items.items()}


@pytest.mark.parametrize(
    ("line", "command", "delay"),
    [
        ("0 3 * * * root sleep $((RANDOM \\% 600)); /opt/x -y", "/opt/x -y", 600),
        ("0 3 * * * app sleep $(shuf -i 0-90 -n 1) && /opt/x", "/opt/x", 90),
        ("@daily root perl -e 'sleep int(rand(1800))' && /opt/x", "/opt/x", 1800),
        ("*/5 * * * 1-5 www-data cd /srv && run", "cd /srv && run", 0),
        ("0 3 * * * root sleep 60; /opt/x", "sleep 60; /opt/x", 0),
    ],
)
def test_lines_of_cron(line: str, command: str, delay: int) -> None:
    (job,) = made("etc/cron.d/x", f"# m h dom\nMAILTO=a\n{line}\n")
    assert values(job) == {"command": command, "delay": delay}
    assert (job.address, job.region.start_line) == (f"etc/cron.d/x:{command}", 3)


def test_a_table_of_one_user_names_nobody() -> None:
    (job,) = made("deploy/crontab", "0 3 * * * sleep $((RANDOM % 60)); cd /srv && run\n")
    assert values(job) == {"command": "cd /srv && run", "delay": 60}


def test_the_last_stage_says_how_an_image_is_checked() -> None:
    text = "FROM a AS b\nHEALTHCHECK CMD x\nFROM c\nHEALTHCHECK --interval=5s \\\n  CMD y || exit 1\n"
    (image,) = made("Dockerfile", text)
    assert values(image) == {"HEALTHCHECK": "CMD y || exit 1", "interval": "5s"}
    assert values(made("Dockerfile", text + "FROM d\n")[0]) == {}
    assert values(made("Dockerfile", text + 'HEALTHCHECK CMD ["/bin/true"]\n')[0]) == {}
    assert made("Dockerfile", "# nothing\n") == []


def test_only_lists_of_plays_are_plays() -> None:
    text = "- hosts: all\n  tasks: []\n- name: x\n  hosts: web\n  roles: [a]\n- import_playbook: b.yml\n"
    assert [play.address for play in made("site.yml", text)] == ["site.yml:play 1", "site.yml:x"]
    assert made("values.yaml", "hosts: [a]\ntasks: []\n") == []
    assert made("list.yaml", "- hosts: [a.example.com]\n  port: 80\n") == []


def test_metrics_of_an_expression() -> None:
    share = 'sum by (job) (rate(errors_total{job="a"}[5m])) / sum(requests_total) > 0.5'
    assert _metrics(share) >= {"errors_total", "requests_total"}
    assert _metrics("up == 0") == {"up"}


@pytest.mark.parametrize(
    ("old", "new", "sharply"), [("5m", "1h", [True]), ("0s", "2m", [False]), ("1h", "5m", []), ("x", "1h", [])]
)
def test_waits_of_alerts(old: str, new: str, sharply: list[bool]) -> None:
    assert [sharp for _, sharp in _wait(old, new)] == sharply


def test_gravity_of_alerts() -> None:
    assert _is_milder("critical", "warning") and not _is_milder("warning", "page") and not _is_milder("p1", "p4")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATHS), st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_passed_over(path: str, data: bytes) -> None:
    made(path, data)


TREES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["a", "up > 1", "5m", "pager"]),
    lambda kids: (
        st.lists(kids, max_size=3)
        | st.dictionaries(
            st.sampled_from(["groups", "rules", "alert", "expr", "for", "route", "routes", "receiver", "receivers", "name",
                             "labels", "spec", "hosts", "tasks", "matchers", "x_configs"]), kids, max_size=4)
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(TREES, TREES)
def test_odd_rules_and_routes_never_raise(before: object, after: object) -> None:
    old, new = ({"alert-rules.json": json.dumps({"receivers": [], "alert": tree})} for tree in (before, after))
    pipeline.check(change_set(old, new), shipped_rules())
    old, new = ({"alert-rules.json": json.dumps(tree) + '\n // "alert": '} for tree in (before, after))
    pipeline.check(change_set(old, new), shipped_rules())
