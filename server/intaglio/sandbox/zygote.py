"""A zygote: a warm interpreter that forks one child a request, which goes behind the walls before it reads a line.

Run as `python -P -s -S -B zygote.py CONTROL_FD CONFIGURATION` with a bare environment; standard library only, except
for what a judge's zygote imports. The zygote never holds a run's data: the child reads its program after the fork.
"""

from __future__ import annotations

import gc
import importlib
import importlib.machinery
import importlib.util
import json
import math
import os
import select
import signal
import socket
import sys
import time
import types
import zoneinfo
from collections.abc import Sequence
from typing import Any

IMPORTED = """
    abc array base64 binascii bisect calendar cmath codecs collections collections.abc colorsys contextlib copy csv
    dataclasses datetime _strptime decimal difflib enum fnmatch fractions functools graphlib hashlib heapq hmac html
    html.entities inspect io ipaddress itertools json keyword math numbers operator pprint random re shlex statistics string
    stringprep struct textwrap time traceback types typing unicodedata urllib.parse uuid warnings weakref xml.sax.saxutils
    zlib zoneinfo __future__ _pydecimal encodings.ascii encodings.base64_codec encodings.cp1252 encodings.cp437
    encodings.hex_codec encodings.idna encodings.iso8859_1 encodings.iso8859_15 encodings.latin_1 encodings.punycode
    encodings.raw_unicode_escape encodings.rot_13 encodings.unicode_escape encodings.utf_16 encodings.utf_16_be
    encodings.utf_16_le encodings.utf_32 encodings.utf_8 encodings.utf_8_sig
""".split()  # noqa: SIM905 - a list of words is read more easily so
"""Modules that a child finds loaded; it can load no other."""
THIRD_PARTY = frozenset({"hypothesis", "sortedcontainers", "_hypothesis_globals", "_hypothesis_ftz_detector"})
"""What a judge's zygote imports from the tool's own environment, and nothing else of it."""
FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is not imported in a zygote
PROBE_BYTES, PROBE_SECONDS = 2**30, 5.0
MOST_ENDED = 1000
GRACE_SECONDS = 2.0
"""How long after its time we leave the ending of a child to the parent, which can say why."""
HELD_ZONES: list[zoneinfo.ZoneInfo] = []


class Named:
    """An importer for a few top-level packages in given folders, so that nothing else there can be picked up."""

    def __init__(self, folders: Sequence[str]) -> None:
        self.folders = list(folders)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None) -> Any:
        """Where such a package lies; None for any other module, and for what lies within packages."""
        if path is not None or name not in THIRD_PARTY:
            return None
        return importlib.machinery.PathFinder.find_spec(name, self.folders, target)


def load_as(dotted: str, path: str) -> Any:
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
    if parents:
        setattr(sys.modules[".".join(parents)], dotted.rpartition(".")[2], module)
    hide_source(module)
    return module


def hide_source(module: types.ModuleType) -> None:
    """Take a module's file from it, once it is loaded.

    Hypothesis draws constants out of the source of every module that it takes for the user's own, and ours are such where
    Intaglio is installed for development. Inputs, and so the digests in locks, would differ from machine to machine.
    """
    module.__file__ = None


def load_rooms() -> dict[str, Any]:
    """The modules that stand beside this file, by their paths alone."""
    names = ("walls", "seccomp", "landlock", "namespaces", "wire_scalars", "wire", "enclosed")
    return {name: load_as(f"intaglio.sandbox.{name}", f"{FOLDER}/{name}.py") for name in names}


def hold_time_zones() -> None:
    """Load every time zone that the system's table names, so that children find them without a file."""
    for folder in zoneinfo.TZPATH:
        try:
            with open(f"{folder}/tzdata.zi", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is not imported in a zygote
                words = [line.split() for line in file if line.startswith(("Z ", "L "))]
        except OSError:
            continue
        for parts in words:
            try:
                HELD_ZONES.append(zoneinfo.ZoneInfo(parts[1] if parts[0] == "Z" else parts[2]))
            except (OSError, ValueError):  # named in the table, and not installed
                continue
        return


def prepare(rooms: dict[str, Any], configuration: dict[str, Any]) -> None:
    """Import all that children will find loaded."""
    time.tzset()
    for name in IMPORTED:
        importlib.import_module(name)
    hold_time_zones()
    if configuration["paths"]:
        hide_source(sys.modules["__main__"])
        sys.meta_path.insert(0, Named(configuration["paths"]))
        load_as("intaglio.sandbox.warm", f"{FOLDER}/warm.py").warm_up(configuration.get("cache", ""))
    for dotted, path in configuration["preload"]:
        load_as(dotted, path)
    rooms["walls"].bound_descriptors()


def enter_pid_namespace(control: socket.socket) -> None:
    """Go on in a forked process, the first of the new pid namespace; this one waits for it and ends with it."""
    inner = os.fork()
    if inner:
        control.close()
        os.waitpid(inner, 0)
        os._exit(0)


def leave_the_system(rooms: dict[str, Any], control: socket.socket) -> dict[str, str]:
    """Namespaces and privileges: what this process and all its children do without. Says how far it went."""
    namespaces = rooms["namespaces"]
    refused = namespaces.enter_namespaces()
    state = f"not allowed here ({refused})" if refused else "on"
    if not refused:
        enter_pid_namespace(control)
        if still := namespaces.empty_root():
            state = f"on, but for the root folder ({still})"
    privileges = rooms["walls"].drop_privileges()
    if not refused:
        rooms["walls"].die_with_parent(0)
    return {"namespaces": state, "privileges": privileges}


def probe(rooms: dict[str, Any], control: socket.socket) -> str:
    """Put up every wall in a child that is thrown away: "" when all stand, else which does not."""
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        try:
            control.close()
            rooms["enclosed"].be_child(theirs.fileno(), rooms["wire"], PROBE_BYTES, PROBE_SECONDS, parent)
        finally:
            os._exit(1)
    theirs.close()
    ours.settimeout(PROBE_SECONDS)
    try:
        said = ours.recv(600)
    except OSError as error:
        said = f"Wthe walls were not put up in time ({error})".encode()
    ours.close()
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    if said == rooms["enclosed"].READY:
        return ""
    return said[1:].decode("utf-8", "replace") or "a child ended before its walls were up"


class Children:
    """The children that live, until when, and how those ended that nobody has asked about yet."""

    def __init__(self, rooms: dict[str, Any], control: socket.socket) -> None:
        self.rooms = rooms
        self.control = control
        self.living: dict[int, tuple[int, float]] = {}
        self.ended: dict[int, int] = {}

    def start(self, request: dict[str, Any], descriptor: int) -> dict[str, Any]:
        """Fork a child for a request; it speaks through `descriptor`."""
        parent = os.getpid()
        try:
            process = os.fork()
        except OSError as error:
            return {"failed": f"no process could be forked ({error.strerror})"}
        if process == 0:
            try:
                self.control.close()
                be_child = self.rooms["enclosed"].be_child
                be_child(descriptor, self.rooms["wire"], request["memory"], request["seconds"], parent)
            finally:
                os._exit(1)
        self.living[request["id"]] = (process, time.monotonic() + request["seconds"] + GRACE_SECONDS)
        return {"started": request["id"]}

    def end(self, identifier: int, *, by_itself: bool) -> dict[str, Any]:
        """Kill and reap a child; how it had ended, as a wait status, if it had. `by_itself`: it closed its end."""
        if identifier in self.ended:
            return {"status": self.ended.pop(identifier)}
        if identifier not in self.living:
            return {"status": None}
        process, _ = self.living.pop(identifier)
        limit = time.monotonic() + (0.1 if by_itself else 0.0)
        while True:
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                return {"status": status}
            if time.monotonic() >= limit:
                break
            time.sleep(0.0005)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return {"status": None}

    def end_overdue(self) -> float | None:
        """Kill those whose time is over, reap those that ended; seconds until the next one is due, None when there is none."""
        now = time.monotonic()
        for identifier, (process, due) in list(self.living.items()):
            if now < due:
                continue
            os.kill(process, signal.SIGKILL)
            self.ended[identifier] = os.waitpid(process, 0)[1]
            del self.living[identifier]
        while len(self.ended) > MOST_ENDED:
            del self.ended[next(iter(self.ended))]
        return max(0.0, min(due for _, due in self.living.values()) - now) if self.living else None


def serve(children: Children, control: socket.socket) -> None:
    """Answer requests until the parent closes its end."""
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        due = children.end_overdue()
        if not poll.poll(None if due is None else math.ceil(due * 1000)):
            continue
        data, descriptors, _, _ = socket.recv_fds(control, 65536, 1)
        if not data:
            os._exit(0)
        request = json.loads(data)
        if request["do"] == "start":
            answer = children.start(request, descriptors[0])
        else:
            answer = children.end(request["id"], by_itself=request.get("by_itself", True))
        for descriptor in descriptors:
            os.close(descriptor)
        control.sendall(json.dumps(answer).encode())


def main() -> None:
    """Import, warm up, leave the system, try the walls, say which there are, and serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    states = dict.fromkeys(("seccomp", "landlock", "namespaces", "privileges", "resource limits"), "not tried")
    try:
        rooms = load_rooms()
        version = rooms["landlock"].landlock_version()
        states["landlock"] = f"ABI {version}" if version else "not in this kernel"
        machine = os.uname().machine
        rooms["seccomp"].seccomp_program(machine)
        prepare(rooms, json.loads(sys.argv[2]))
        states.update(leave_the_system(rooms, control))
        refused = probe(rooms, control)
    except BaseException as error:  # noqa: BLE001 - any failure here is a refusal, told to the parent
        refused = str(error) or type(error).__name__
    if refused:
        for name in states:
            if refused.startswith(name):
                states[name] = refused.removeprefix(f"{name}: ")
        control.sendall(json.dumps({"refused": refused, "walls": states}).encode())
        os._exit(1)
    states.update({"seccomp": f"on ({machine})", "resource limits": "on"})
    gc.collect()
    gc.freeze()
    control.sendall(json.dumps({"walls": states}).encode())
    serve(Children(rooms, control), control)


if __name__ == "__main__":
    main()
