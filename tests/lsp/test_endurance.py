"""Cancel, shutdown, exit and loss of the client at any moment: no child stays, no file is half written, no log floods."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from editor import end, start
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOW = """# spec: Return n after a while.
# example: slow(1) == 1
# example: slow(2) == 2
def slow(n: int) -> int:
    total = 0
    for step in range(3_000_000):
        total += step % 2
    return n
"""


def children(process):
    """The processes that descend from one."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, new = set(), {process}
    while new:
        found |= new
        new = {pid for pid, parent in parents if parent in new} - found
    return found - {process}


def behind_walls(process):
    """The children of the sandbox below a process: they have a filter of system calls more than it has."""

    def filters(pid):
        with contextlib.suppress(OSError):
            return int(
                re.search(r"^Seccomp_filters:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1]
            )
        return 0

    return {pid for pid in children(process) if filters(pid) > filters(process)}


def commands():
    """Every process with its command."""
    return subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout


async def running(editor):
    """A job in its execution stage: its process, and the processes below it."""
    editor.write("slow.py", SLOW)
    editor.open("slow.py")
    job = await editor.command("validate", uri=editor.uri("slow.py"), name="slow")
    while editor.status("slow.py", "slow")["stages"][2]["outcome"] != "running":
        await editor.client.wait_for_notification("intaglio/status")
    process = editor.client._server
    while (
        not (below := children(process.pid)) and editor.status("slow.py", "slow")["stages"][2]["outcome"] == "running"
    ):
        await editor.command("log", uri=editor.uri("slow.py"), name="slow")
    return job["job"], process, below


def gone(processes):
    """Whether each process has ended: a zombie has."""
    listed = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    return processes.isdisjoint(int(pid) for pid, state in map(str.split, listed.splitlines()) if "Z" not in state)


@pytest.mark.parametrize("how", ["command", "progress"])
async def test_a_cancelled_job_ends_with_a_picture_that_says_so(tmp_path, how):
    editor = await start(tmp_path)
    job, _, _ = await running(editor)
    if how == "command":
        await editor.command("cancel", job=job)
    else:
        (token,) = editor.client.progress_reports
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await editor.barrier("slow.py")
    assert editor.status("slow.py", "slow")["phase"] == "cancelled"
    outcomes = [stage["outcome"] for stage in editor.status("slow.py", "slow")["stages"]]
    assert outcomes == ["passed", "passed", "notRun", "notRun"], "the stage at work was not waited for"
    (reports,) = editor.client.progress_reports.values()
    assert reports[-1].message == "cancelled"
    assert await end(editor) == 0


async def test_cancelled_stages_end_at_once_and_make_room_for_the_next(tmp_path):
    for_ever = "# spec: Return n.\n# example: {0}(1) == 1\ndef {0}(n: int) -> int:\n    while n == n:\n        n += 1\n    return n\n"
    (tmp_path / "intaglio.toml").write_text("call-seconds = 3600\nstage-seconds = 3600\n")
    editor = await start(tmp_path)
    for name in ("one", "two", "three"):  # more than run side by side
        editor.write(f"{name}.py", for_ever.format(name))
        editor.open(f"{name}.py")
        job = await editor.command("validate", uri=editor.uri(f"{name}.py"), name=name)
        while editor.status(f"{name}.py", name)["stages"][2]["outcome"] != "running":
            await editor.client.wait_for_notification("intaglio/status")
        while len(behind_walls(editor.client._server.pid)) < 4:  # the judge and three that run the body
            await editor.command("log", uri=editor.uri(f"{name}.py"), name=name)
        await editor.command("cancel", job=job["job"])
        await editor.barrier(f"{name}.py")
        assert editor.status(f"{name}.py", name)["phase"] == "cancelled"
        while behind_walls(editor.client._server.pid):
            await editor.command("log", uri=editor.uri(f"{name}.py"), name=name)
    assert await end(editor) == 0


async def test_stages_that_die_are_said_and_the_next_job_runs(tmp_path):
    editor = await start(tmp_path)
    *_, below = await running(editor)
    (process,) = [
        int(line.split()[0])
        for line in commands().splitlines()
        if "intaglio.background_process" in line and int(line.split()[0]) in below
    ]
    os.kill(process, signal.SIGKILL)
    await editor.barrier("slow.py")
    assert editor.status("slow.py", "slow")["phase"] == "refused"
    (said,) = [one for one in editor.diagnostics("slow.py") if one.code == "refused"]
    assert "the process that runs the stages ended (code -9)" in said.message
    await editor.command(
        "cancel", job=(await editor.command("validate", uri=editor.uri("slow.py"), name="slow"))["job"]
    )
    await editor.barrier("slow.py")
    assert editor.status("slow.py", "slow")["phase"] == "cancelled"
    assert await end(editor) == 0


async def test_shutdown_in_a_stage_leaves_no_child(tmp_path):
    editor = await start(tmp_path)
    *_, below = await running(editor)
    assert below
    assert await end(editor) == 0
    assert gone(below)


async def test_a_client_that_disappears_ends_the_server_and_its_children(tmp_path):
    editor = await start(tmp_path)
    _, process, below = await running(editor)
    process.stdin.close()
    assert await process.wait() == 1
    assert gone(below)
    await editor.client.stop()


async def test_exit_without_shutdown_says_so_by_its_code(tmp_path):
    editor = await start(tmp_path)
    editor.client.exit(None)
    assert await editor.client._server.wait() == 1
    await editor.client.stop()


async def test_messages_that_make_no_sense_are_answered_and_logged_without_end(tmp_path, capfd):
    editor = await start(tmp_path)
    for _ in range(1000):
        for method, params in (("textDocument/didChange", {"textDocument": {"uri": 1}}), ("nobody/knows", {"x": 1})):
            editor.client.protocol._send_data({"jsonrpc": "2.0", "method": method, "params": params})
    editor.client.text_document_did_change(
        types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(2, "file:///nowhere.py"), [])
    )
    await editor.barrier()
    assert await end(editor) == 0
    assert len(capfd.readouterr().err) < 200_000


async def test_a_file_that_is_closed_ends_its_job_and_its_diagnostics(tmp_path):
    editor = await start(tmp_path)
    await running(editor)
    editor.close("slow.py")
    await editor.barrier()
    assert editor.diagnostics("slow.py") == []
    assert any("the file was closed" in message for message in editor.messages())
    assert await end(editor) == 0


async def test_over_tcp_the_first_client_is_served_on_loopback_alone(tmp_path, sign):
    refused = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "intaglio", "lsp", "--tcp", "0.0.0.0:0", stderr=asyncio.subprocess.PIPE
    )
    assert b"takes a loopback address" in (await refused.communicate())[1]
    assert refused.returncode == 2
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "intaglio", "lsp", "--tcp", "127.0.0.1:0", stderr=asyncio.subprocess.PIPE
    )
    address = re.search(r"listening on ([\d.]+):(\d+)", (await server.stderr.readline()).decode())
    reader, writer = await asyncio.open_connection(address[1], int(address[2]))
    body = (
        b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}'
    )
    writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    assert (await reader.readline()).startswith(b"Content-Length")
    writer.close()
    assert await server.wait() == 1
