"""A Terraform provider, asked directly: starts its binary, speaks the plugin protocol (tfplugin5 over gRPC), restarts it
when it falls over. For the generators in this folder only; needs `grpcio`, `grpcio-tools`, `protobuf` and `msgpack`.

With `-debug` a provider prints the address of a plain unix socket, without the handshake cookie and TLS of normal use.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import msgpack
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

UNKNOWN = msgpack.ExtType(0, b"\0")
MAX_MESSAGE = 64 << 20


class Crashed(Exception):
    """The provider went away (or hung) while it was asked; it has been restarted."""


def _messages() -> Callable[[str], Any]:
    with tempfile.NamedTemporaryFile(suffix=".pb") as out:
        here = Path(__file__).parent
        if protoc.main(["", f"-I{here}", f"--descriptor_set_out={out.name}", str(here / "tfplugin5.proto")]):
            raise SystemExit("tfplugin5.proto does not compile")
        files = descriptor_pb2.FileDescriptorSet.FromString(Path(out.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tfplugin5.{name}"))


def pack(value: Any) -> Any:
    return msgpack.packb(value, use_bin_type=True)


def unpack(data: bytes) -> Any:
    """cty's msgpack -> Python; every unknown value becomes UNKNOWN, big numbers (sent as text) stay text."""
    hook = lambda code, payload: UNKNOWN if code in (0, 12) else msgpack.ExtType(code, payload)  # noqa: E731
    return msgpack.unpackb(data, ext_hook=hook, strict_map_key=False, unicode_errors="replace")


class _Refuse(BaseHTTPRequestHandler):
    """A stand-in for every cloud endpoint that says 403 at once, so that no plan waits for the network."""

    def _refuse(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _refuse

    def log_message(self, *args: object) -> None:
        pass


class Provider:
    """One running provider. `config` is its configuration block as a sparse map; absent settings are null."""

    def __init__(self, binary: str, config: dict[str, Any]) -> None:
        self.binary, self.config, self.restarts = binary, config, 0
        self.message = _messages()
        self.refuse = ThreadingHTTPServer(("127.0.0.1", 0), _Refuse)
        threading.Thread(target=self.refuse.serve_forever, daemon=True).start()
        self._start()
        response = self._call("GetSchema", self.message("GetSchemaRequest")(), "GetSchemaResponse")
        self.provider_block = response.provider.block
        self.blocks: dict[str, Any] = {name: schema.block for name, schema in response.resource_schemas.items()}
        self._configure()

    def _start(self) -> None:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "TMPDIR": tempfile.gettempdir(),
            "HOME": tempfile.gettempdir(),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.refuse.server_address[1]}",
        }
        self.process = subprocess.Popen(
            [self.binary, "-debug"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
            start_new_session=True,
        )
        assert self.process.stdout
        address = ""
        for line in self.process.stdout:
            if match := re.search(r"TF_REATTACH_PROVIDERS='(.*)'", line):
                address = next(iter(json.loads(match[1]).values()))["Addr"]["String"]
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        options = [("grpc.max_receive_message_length", MAX_MESSAGE), ("grpc.max_send_message_length", MAX_MESSAGE)]
        self.channel = grpc.insecure_channel(f"unix:{address}", options=options)

    def _call(self, method: str, request: Any, response: str, timeout: float = 60) -> Any:
        call = self.channel.unary_unary(
            f"/tfplugin5.Provider/{method}",
            request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=self.message(response).FromString,
        )
        return call(request, timeout=timeout)

    def _configure(self) -> None:
        value = {a.name: self.config.get(a.name) for a in self.provider_block.attributes}
        value |= {b.type_name: self.config.get(b.type_name, []) for b in self.provider_block.block_types}
        request = self.message("ConfigureRequest")(terraform_version="1.11.4", config={"msgpack": pack(value)})
        for diagnostic in self._call("Configure", request, "ConfigureResponse").diagnostics:
            if diagnostic.severity == 1:
                raise SystemExit(f"provider does not configure: {diagnostic.summary} {diagnostic.detail}")

    def restart(self) -> None:
        self.stop()
        self.restarts += 1
        self._start()
        self._configure()

    def stop(self) -> None:
        self.channel.close()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def plan(self, type_: str, prior: Any, proposed: Any, config: Any, timeout: float = 10) -> Any:
        """The PlanResponse. Raises Crashed after restarting the provider when it does not survive the question."""
        dynamic = self.message("DynamicValue")
        request = self.message("PlanRequest")(
            type_name=type_,
            prior_state=dynamic(msgpack=pack(prior)),
            proposed_new_state=dynamic(msgpack=pack(proposed)),
            config=dynamic(msgpack=pack(config)),
        )
        try:
            return self._call("PlanResourceChange", request, "PlanResponse", timeout)
        except grpc.RpcError as error:
            if error.code() in (
                grpc.StatusCode.UNAVAILABLE,
                grpc.StatusCode.DEADLINE_EXCEEDED,
                grpc.StatusCode.CANCELLED,
            ):
                time.sleep(0.1)
                self.restart()
            raise Crashed(str(error.details())[:200]) from None


def path_of(attribute_path: Any) -> str:
    """`a.b.c`: list indexes and set keys dropped."""
    return ".".join(step.attribute_name for step in attribute_path.steps if step.attribute_name)
