"""A sandbox whose run children have an arsenal at hand, and a scene that attacks would change."""

import os
import secrets
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from intaglio.sandbox import open_sandbox
from intaglio.sandbox.interface import Role

ARSENAL = Path(__file__).with_name("arsenal.py")


@pytest.fixture(scope="session")
def sandbox():
    """One for all tests: what a test does to it must not matter to the next."""
    os.environ["INTAGLIO_TEST_SECRET"] = "the environment's secret"
    opened = open_sandbox({Role.RUN: (("attacks.arsenal", ARSENAL),)})
    yield opened
    opened.close()
    del os.environ["INTAGLIO_TEST_SECRET"]


@dataclass
class Scene:
    """Something to read, to change, to reach and to kill, and how each of it looks afterwards."""

    folder: Path
    token: str
    tcp: socket.socket
    unix: socket.socket
    abstract: socket.socket
    udp: socket.socket
    victim: subprocess.Popen

    @property
    def secret(self):
        return self.folder / "secret.txt"

    @property
    def door(self):
        """Where nothing is yet, and where an attack that runs something would leave a file."""
        return self.folder / "door"

    def variables(self):
        """What an attack is told."""
        return {
            "SECRET": str(self.secret),
            "LINK": str(self.folder / "link"),
            "FOLDER": str(self.folder),
            "DOOR": str(self.door),
            "PORT": self.tcp.getsockname()[1],
            "UDP": self.udp.getsockname()[1],
            "UNIX": str(self.folder / "socket"),
            "ABSTRACT": self.abstract.getsockname().decode().lstrip("\0"),
            "VICTIM": self.victim.pid,
            "TOOL": os.getpid(),
        }

    def knocked(self):
        """Whether anyone has come to one of the sockets."""
        for listener in (self.tcp, self.unix, self.abstract):
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                continue
            return True
        try:
            return bool(self.udp.recv(10))
        except BlockingIOError:
            return False

    def changed(self):
        """What of the folder is not as it was."""
        found = []
        if sorted(path.name for path in self.folder.iterdir()) != ["link", "secret.txt", "socket"]:
            found.append("the folder's entries")
        if not self.secret.exists() or self.secret.read_text() != self.token:
            found.append("the secret's text")
        elif self.secret.stat().st_mode & 0o777 != 0o644:
            found.append("the secret's mode")
        return found


def listener(family, address):
    """A socket that listens and never waits."""
    made = socket.socket(family)
    made.bind(address)
    made.listen()
    made.setblocking(False)
    return made


@pytest.fixture
def scene(tmp_path):
    """A scene whose folder everyone may read and write, so that no wall is helped by file modes."""
    tmp_path.chmod(0o777)
    folder = tmp_path
    token = secrets.token_hex(16)
    (folder / "secret.txt").write_text(token)
    (folder / "secret.txt").chmod(0o644)
    (folder / "link").symlink_to(folder / "secret.txt")
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    udp.setblocking(False)
    made = Scene(
        folder,
        token,
        listener(socket.AF_INET, ("127.0.0.1", 0)),
        listener(socket.AF_UNIX, str(folder / "socket")),
        listener(socket.AF_UNIX, f"\0intaglio-{token}"),
        udp,
        subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE),
    )
    yield made
    for each in (made.tcp, made.unix, made.abstract, made.udp):
        each.close()
    made.victim.kill()
    made.victim.communicate()


def run_plain(code, *arguments, preamble=""):
    """Python code in a process of its own, outside of any sandbox, with our package at hand."""
    import intaglio

    package = str(Path(intaglio.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-c", preamble + code, *arguments],
        env={**os.environ, "PYTHONPATH": package},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def plain():
    """`run_plain`, for tests that need a throw-away process."""
    return run_plain
