"""Without walls nothing runs: whatever is missing, the answer is a refusal that names it, never a plain process."""

import os
import platform
import sys
from pathlib import Path

import pytest

from intaglio.sandbox import open_sandbox
from intaglio.sandbox.interface import ChildFailed, Limits, Role, SandboxUnavailable, WallsDown

TRY = """
import sys
from intaglio.sandbox import open_sandbox
from intaglio.sandbox.interface import Role, SandboxUnavailable
try:
    sandbox = open_sandbox()
    with sandbox.start(Role(sys.argv[1] if len(sys.argv) > 1 else "run"), "channel.send('ran')") as child:
        print(child.receive(5), *(": ".join(wall) for wall in sandbox.walls), sep="; ")
except SandboxUnavailable as error:
    print("refused;", error)
"""
REFUSE = """
import ctypes, struct, sys
from intaglio.sandbox import seccomp, walls
def refuse(*numbers):
    step = lambda code, yes, no, value: struct.pack("HBBI", code, yes, no, value)
    steps = [step(0x20, 0, 0, 0)]
    for number in numbers:
        steps += [step(0x15, 0, 1, number), step(6, 0, 0, 0x50001)]
    steps.append(step(6, 0, 0, 0x7FFF0000))
    walls.forbid_new_privileges()
    assert walls.LIBC.prctl(22, 2, ctypes.byref(seccomp._Program(len(steps), b"".join(steps))), 0, 0) == 0
"""
"""Forbids system calls to this process and all that it starts, as a container does."""
NUMBERS = {
    "x86_64": {"prctl": 157, "unshare": 272, "landlock": 444, "fork": (56, 57, 58, 435), "setresuid": 117},
    "aarch64": {"prctl": 167, "unshare": 97, "landlock": 444, "fork": (220, 435), "setresuid": 147},
}[platform.machine()]


def test_a_container_without_prctl_is_refused(plain):
    done = plain(f"refuse({NUMBERS['prctl']})" + TRY, preamble=REFUSE)
    assert done.stdout.startswith("refused; Execution not run: no sandbox on this machine ("), done.stderr
    assert "The code was checked statically only and is not validated." in done.stdout
    assert "resource limits: " in done.stdout


def test_without_seccomp_the_refusal_says_so(plain):
    """A filter that forbids prctl(PR_SET_SECCOMP) alone: everything else of the zygote works."""
    code = f"""
step = lambda code, yes, no, value: struct.pack("HBBI", code, yes, no, value)
steps = [step(0x20, 0, 0, 0), step(0x15, 0, 3, {NUMBERS["prctl"]}), step(0x20, 0, 0, 16), step(0x15, 0, 1, 22),
         step(6, 0, 0, 0x50001), step(6, 0, 0, 0x7FFF0000)]
walls.forbid_new_privileges()
assert walls.LIBC.prctl(22, 2, ctypes.byref(seccomp._Program(len(steps), b"".join(steps))), 0, 0) == 0
"""
    done = plain(code + TRY, preamble=REFUSE)
    assert "refused;" in done.stdout, done.stdout + done.stderr
    assert "seccomp: the kernel refused the filter (Operation not permitted)" in done.stdout


def test_an_unknown_machine_is_refused(plain):
    """The kernel itself is asked to call the machine otherwise (personality PER_LINUX32), as `setarch` does."""
    done = plain("import ctypes, sys; ctypes.CDLL(None).personality(8)\n" + TRY)
    assert "refused;" in done.stdout, done.stdout + done.stderr
    assert "seccomp: no table of system calls for " in done.stdout
    assert "there is one for x86_64 and aarch64" in done.stdout


@pytest.mark.parametrize("system", ["darwin", "win32", "freebsd14"])
def test_another_system_is_refused_in_the_words_of_the_design(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(SandboxUnavailable) as caught:
        open_sandbox()
    assert str(caught.value).startswith(f"Execution not run: no sandbox on this machine (seccomp: missing on {system};")
    assert str(caught.value).endswith("The code was checked statically only and is not validated.")


def test_without_namespaces_it_works_and_says_so(plain):
    done = plain(f"refuse({NUMBERS['unshare']})" + TRY, preamble=REFUSE)
    assert done.stdout.startswith("ran; "), done.stdout + done.stderr
    assert "namespaces: not allowed here (Operation not permitted)" in done.stdout
    assert "seccomp: on" in done.stdout


def test_without_landlock_it_works_and_says_so(plain):
    done = plain(f"refuse({NUMBERS['landlock']})" + TRY, preamble=REFUSE)
    assert done.stdout.startswith("ran; "), done.stdout + done.stderr
    assert "landlock: not in this kernel" in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to keep")
def test_root_that_cannot_become_another_says_so(plain):
    done = plain(f"refuse({NUMBERS['setresuid']})" + TRY, preamble=REFUSE)
    assert done.stdout.startswith("ran; "), done.stdout + done.stderr
    assert "privileges: root without capabilities" in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="who is not root is not root in every other test")
def test_everyone_may_use_it(plain):
    """The same as an ordinary user, who must be able to read the interpreter."""
    done = plain("import os, sys\nos.setgroups([]); os.setresgid(1000, 1000, 1000); os.setresuid(1000, 1000, 1000)\n"
                 "if not os.access(sys.executable, os.X_OK): print('unreadable'); raise SystemExit\n" + TRY)  # fmt: skip
    if done.stdout.startswith("unreadable"):
        pytest.skip("this interpreter belongs to root alone")
    assert done.stdout.startswith("ran; "), done.stdout + done.stderr


def test_hypothesis_missing_is_a_refusal_with_what_to_do(plain):
    code = "import sys\nsys.path = [p for p in sys.path if 'site-packages' not in p]\nsys.argv[1:] = ['judge']\n"
    done = plain(code + TRY)
    assert "refused; hypothesis is not installed; run: pip install 'intaglio[validate]'" in done.stdout, done.stderr


def test_a_wall_that_falls_in_one_child_runs_nothing(sandbox, tmp_path):
    """A bound that the kernel has no number for: the last walls cannot be put up."""
    with pytest.raises(WallsDown, match="nothing was run"):
        sandbox.start(Role.RUN, "channel.send('ran')", limits=Limits(memory_bytes=2**70))
    with sandbox.start(Role.RUN, "channel.send('ran')") as child:
        assert child.receive(5) == "ran"


def test_a_preloaded_module_that_fails_is_a_refusal(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("raise RuntimeError('it is broken')")
    with pytest.raises(SandboxUnavailable, match="it is broken"):
        open_sandbox({Role.RUN: (("workspace.broken", Path(broken)),)})


def test_a_closed_sandbox_starts_nothing():
    sandbox = open_sandbox()
    child = sandbox.start(Role.RUN, "channel.receive()")
    sandbox.close()
    with pytest.raises(ChildFailed):
        child.receive(5)
    with pytest.raises(SandboxUnavailable, match="closed"):
        sandbox.start(Role.RUN, "channel.send('ran')")
