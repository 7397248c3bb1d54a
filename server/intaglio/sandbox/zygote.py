"""A zygote: a warm interpreter that forks one child a request, which goes behind the walls before it reads a line.

Run as `python -P -s -S -B zygote.py CONTROL_FD CONFIGURATION` with a bare environment; standard library only, except
for what a judge's zygote preloads. The zygote never holds a run's data: the child reads its program after the fork.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import socket
import struct
import sys
import time
import traceback
import types
from typing import Any

PRELOADED = """
    abc array base64 binascii bisect calendar cmath codecs collections collections.abc contextlib copy csv dataclasses
    datetime _strptime decimal difflib enum fractions functools graphlib hashlib heapq hmac html html.entities inspect io
    ipaddress itertools json keyword math numbers operator pprint random re statistics string stringprep struct textwrap
    time traceback types typing unicodedata urllib.parse uuid warnings weakref zlib zoneinfo __future__ _pydecimal
    encodings.idna encodings.latin_1 encodings.ascii encodings.utf_8_sig encodings.cp1252 encodings.utf_16
""".split()  # noqa: SIM905 - a list of words is read more easily so
READY = b"R"
MESSAGE, FAILURE = b"M", b"E"


def load(name: str) -> Any:
    """A module that stands beside this file, by its path alone."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")  # noqa: PTH100, PTH118, PTH120
    spec = importlib.util.spec_from_file_location(f"intaglio_{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{name} does not stand beside the zygote")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def load_as(dotted: str, path: str) -> None:
    """A module by its path under a dotted name, within packages that hold nothing else."""
    parents = dotted.split(".")[:-1]
    for depth in range(1, len(parents) + 1):
        name = ".".join(parents[:depth])
        if name not in sys.modules:
            package = types.ModuleType(name)
            package.__path__ = []
            sys.modules[name] = package
            if depth > 1:
                setattr(sys.modules[".".join(parents[: depth - 1])], parents[depth - 1], package)
    spec = importlib.util.spec_from_file_location(dotted, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{dotted} cannot be loaded from {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[dotted] = module
    spec.loader.exec_module(module)
    setattr(sys.modules[".".join(parents)], dotted.rpartition(".")[2], module)


class Rooms:
    """What a zygote hands to its children: the modules that stand beside this file, and where it runs."""

    def __init__(self, walls: Any, wire: Any, in_namespaces: bool) -> None:
        self.walls = walls
        self.wire = wire
        self.in_namespaces = in_namespaces


class Channel:
    """The child's end of the conversation: length-prefixed JSON."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, value: object) -> None:
        """Send one JSON-compatible value."""
        self.frame(MESSAGE, json.dumps(value, separators=(",", ":")).encode())

    def receive(self) -> Any:
        """The next value; the process ends when there will be none."""
        size = struct.unpack(">I", self._exactly(4))[0]
        return json.loads(self._exactly(size))

    def frame(self, kind: bytes, data: bytes) -> None:
        """Write one frame whole."""
        data = struct.pack(">I", len(data) + 1) + kind + data
        while data:
            data = data[os.write(self._descriptor, data) :]

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size:
            part = os.read(self._descriptor, min(size, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class Silence:
    """A standard stream that keeps nothing."""

    encoding = "utf-8"
    errors = "replace"

    def write(self, text: str) -> int:
        """Take a text and forget it."""
        return len(text)

    def flush(self) -> None:
        """Have nothing to write."""

    def isatty(self) -> bool:
        """Be no terminal."""
        return False


def be_child(rooms: Rooms, descriptor: int, request: dict[str, Any]) -> None:
    """Close everything, put up every wall, say so, then read and execute the program."""
    null = os.open("/dev/null", os.O_RDWR)
    kept = 3
    if descriptor != kept:
        os.dup2(descriptor, kept)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(kept + 1, 4096)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    rooms.walls.put_up_landlock()
    if not rooms.in_namespaces:
        rooms.walls.drop_root()
    rooms.walls.die_with_parent()
    rooms.walls.put_up_limits(request["memory"], request["seconds"])
    sys.stdin = None
    for name in ("stdout", "stderr", "__stdout__", "__stderr__"):
        setattr(sys, name, Silence())
    rooms.walls.put_up_seccomp()
    os.write(kept, READY)
    channel = Channel(kept)
    try:
        program = channel.receive()
        namespace = {"__name__": "__sandbox__", "__builtins__": builtins, "channel": channel, "wire": rooms.wire}
        exec(compile(program, "<sandbox>", "exec"), namespace)  # noqa: S102 - what this process is for
    except MemoryError:
        channel.frame(FAILURE, b"out of memory")
    except BaseException:  # noqa: BLE001 - whatever ended the program is told to the parent
        channel.frame(FAILURE, traceback.format_exc()[-4000:].encode("utf-8", "replace"))
    os._exit(0)


def end_child(process: int) -> int | None:
    """Kill and reap a child; how it had ended by itself, if it had, as a wait status, else None."""
    limit = time.monotonic() + 0.05
    while time.monotonic() < limit:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return status
        time.sleep(0.001)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return None


def serve(rooms: Rooms, control: socket.socket) -> None:
    """Answer requests until the parent closes its end."""
    children: dict[int, int] = {}
    while True:
        select.select([control], [], [])
        data, descriptors, _, _ = socket.recv_fds(control, 65536, 1)
        if not data:
            os._exit(0)
        request = json.loads(data)
        if request["do"] == "start":
            process = os.fork()
            if process == 0:
                try:
                    control.detach()
                    be_child(rooms, descriptors[0], request)
                finally:
                    os._exit(1)
            os.close(descriptors[0])
            children[request["id"]] = process
            answer: dict[str, int | None] = {"started": request["id"]}
        else:
            known = children.pop(request["id"], 0)
            answer = {"status": end_child(known) if known else None}
        control.sendall(json.dumps(answer).encode())


def main() -> None:
    """Import, warm up, enter the namespaces, say which walls there are, and serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    configuration = json.loads(sys.argv[2])
    try:
        time.tzset()
        for name in PRELOADED:
            importlib.import_module(name)
        walls, wire = load("walls"), load("wire")
        if configuration["paths"]:
            sys.path[:0] = configuration["paths"]
            load("warm").warm_up()
        for dotted, path in configuration["preload"]:
            load_as(dotted, path)
        if configuration["paths"]:
            del sys.path[: len(configuration["paths"])]
        walls.seccomp_program(os.uname().machine)
        in_namespaces = walls.enter_namespaces()
    except BaseException as error:  # noqa: BLE001 - any failure here is a refusal, told to the parent
        control.sendall(json.dumps({"refused": f"{type(error).__name__}: {error}"}).encode())
        os._exit(1)
    if in_namespaces:
        walls.die_with_parent()
        inner = os.fork()
        if inner:
            control.close()
            os.waitpid(inner, 0)
            os._exit(0)
        walls.die_with_parent()
    states = {
        "seccomp": "on",
        "landlock": f"ABI {walls.landlock_version()}" if walls.landlock_version() else "not in this kernel",
        "namespaces": "on" if in_namespaces else "not allowed here",
        "resource limits": "on",
    }
    gc.collect()
    gc.freeze()
    control.sendall(json.dumps({"walls": states}).encode())
    serve(Rooms(walls, wire, in_namespaces), control)


if __name__ == "__main__":
    main()
