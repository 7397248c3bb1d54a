"""A model's run as a user follows it: its progress, and what a remark becomes."""

import pytest
from editor import end, start
from scripted_server import Step, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEC = "# spec: Return x doubled.\n# example: double(2) == 4\ndef double(x: int) -> int: ...\n"


async def test_progress_names_stages_and_tokens_and_a_remark_reaches_the_model(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    (tmp_path / "intaglio.toml").write_text("")
    answers = [Step(f"```python\ndef double(x):\n    return {body}\n```") for body in ("x * 2", "x + x")]
    with scripted(*answers) as served:
        settings = {"model": "openai/scripted", "api-base": served.base, "max-tokens": 100000, "stage-seconds": 60}
        editor = await start(tmp_path, options={"trusted": True, "status": 1, "settings": settings})
        editor.write("a.py", SPEC)
        editor.open("a.py")
        await editor.run("compile", "a.py", "double")
        (reports,) = editor.client.progress_reports.values()
        said = [getattr(one, "message", None) or "" for one in reports]
        assert any("tokens" in one for one in said), said
        assert any("execution" in one or "accuracy" in one for one in said), said
        editor.save("a.py")
        await editor.barrier("a.py")
        assert editor.status("a.py", "double")["state"] == "locked"
        await editor.run("compile", "a.py", "double", remark="Add it to itself.", replace=True)
        assert "return x + x" in editor.text("a.py")
        first, second = (str(request) for request in served.requests)
        assert "Add it to itself." not in first
        assert "Add it to itself." in second
        assert "return x * 2" in second, "the body that the remark is about goes with it"
        assert await end(editor) == 0
