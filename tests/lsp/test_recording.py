"""A session that is recorded can be replayed, and holds nothing that is sensitive."""

import asyncio
import json
import subprocess
import sys

import pytest
from editor import end, start

pytestmark = pytest.mark.asyncio(loop_scope="module")


def replayed(place):
    return subprocess.run(
        [sys.executable, "-m", "intaglio", "lsp", "--replay", str(place)],
        capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip


async def test_a_recorded_session_is_replayed_with_the_same_picture_at_its_end(tmp_path, sign):
    work = tmp_path / "work"
    work.mkdir()
    place = tmp_path / "session.jsonl"
    editor = await start(work, arguments=("--record", str(place)))
    editor.write("a.py", sign)
    text = sign.replace("Return the sign", "Mail jane.doe@st-mary-clinic.com the sign")
    editor.open("a.py", text)
    editor.type("a.py", '-> "plus"', '-> "more"')
    await editor.run("compile", "a.py", "sign")
    assert 'return "more"' in editor.text("a.py")
    last = editor.statuses[editor.uri("a.py")]
    assert await end(editor) == 0

    recorded = place.read_text()
    assert "jane.doe" not in recorded
    assert {json.loads(line)["from"] for line in recorded.splitlines()} == {"client", "server"}

    done = replayed(place)
    assert done.returncode == 0, done.stderr
    statuses = [json.loads(line) for line in done.stdout.splitlines() if '"intaglio/status"' in line]
    now = statuses[-1]["params"]["specs"][0]
    assert (now["state"], now["phase"]) == (last["specs"][0]["state"], last["specs"][0]["phase"])


async def test_a_session_over_tcp_is_recorded_too_and_its_recording_is_replayed(tmp_path):
    place = tmp_path / "session.jsonl"
    words = [sys.executable, "-m", "intaglio", "lsp", "--tcp", "127.0.0.1:0", "--record", str(place)]
    server = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.PIPE)
    port = int((await server.stderr.readline()).decode().rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send(**message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        if "id" not in message:
            return None
        length = int((await reader.readline()).split(b":")[1])
        while (await reader.readline()).strip():
            pass
        return json.loads(await reader.readexactly(length))

    params = {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": {}}
    assert (await send(id=1, method="initialize", params=params))["result"]["serverInfo"]["name"] == "intaglio"
    assert (await send(id=2, method="shutdown"))["result"] is None
    await send(method="exit")
    assert await server.wait() == 0
    lines = [json.loads(line) for line in place.read_text().splitlines()]
    assert [(one["from"], one["message"].get("method")) for one in lines] == [
        ("client", "initialize"), ("server", None), ("client", "shutdown"), ("server", None), ("client", "exit")
    ]  # fmt: skip
    done = replayed(place)
    assert done.returncode == 0
    assert '"name": "intaglio"' in done.stdout


async def test_a_replay_takes_no_client(tmp_path):
    words = [sys.executable, "-m", "intaglio", "lsp", "--replay", str(tmp_path / "any"), "--tcp", "127.0.0.1:0"]
    done = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.PIPE)
    assert b"goes with neither --tcp nor --record" in (await done.communicate())[1]
    assert done.returncode == 2


async def test_a_file_that_is_no_recording_is_refused_with_its_line(tmp_path):
    place = tmp_path / "bad.jsonl"
    place.write_text('{"from": "client", "message": {}}\n{"from": "nobody"}\n')
    done = replayed(place)
    assert done.returncode == 1
    assert "line 2 is no message of a recording" in done.stderr
