"""`intaglio/preview`: an answer's code as it comes, with no fences and nothing held back while a model pauses."""

import asyncio
import threading

import pytest
from editor import end, start
from scripted_server import Step, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANSWER = "Sure.\n```python\ndef double(x):\n    y = x * 2\n    return y\n```\nIt doubles x."
SPEC = "# spec: Return x doubled.\n# example: double(2) == 4\ndef double(x: int) -> int: ...\n"


async def test_a_pause_holds_nothing_back_and_the_end_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    (tmp_path / "intaglio.toml").write_text("")
    pause = threading.Event()
    pieces = (ANSWER.index("return") + 6) // 8
    with scripted(Step(ANSWER, hold=pause, hold_after=pieces)) as served:
        settings = {"model": "openai/scripted", "api-base": served.base, "max-tokens": 100000, "stage-seconds": 60}
        editor = await start(tmp_path, options={"trusted": True, "status": 1, "preview": 1, "settings": settings})
        try:
            editor.write("a.py", SPEC)
            editor.open("a.py")
            await editor.command("compile", uri=editor.uri("a.py"), name="double")
            sent = ANSWER[: pieces * 8].partition("```python\n")[2]
            async with asyncio.timeout(60):
                while [params["text"] for kind, params in editor.told if kind == "intaglio/preview"][-1:] != [sent]:
                    await editor.client.wait_for_notification("intaglio/preview")
            pause.set()
            await editor.barrier("a.py")
        finally:
            pause.set()
            assert await end(editor) == 0
    texts = [params["text"] for kind, params in editor.told if kind == "intaglio/preview"]
    assert texts[-1] is None
    assert texts[-2] == "def double(x):\n    y = x * 2\n    return y\n"
    assert not any("`" in text for text in texts if text)
