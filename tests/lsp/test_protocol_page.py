"""docs/protocol.md says what the server does: its tables and its example against the code and a running server."""

import json
import re
from dataclasses import fields

import pytest
from editor import FULL, end, start

from intaglio.lsp.commands import COMMANDS
from intaglio.lsp.configuration import EditorSettings
from intaglio.lsp.from_client import client_of
from intaglio.lsp.registration import ON_LOOP


@pytest.fixture(scope="module")
def page(repository):
    return (repository / "docs" / "protocol.md").read_text(encoding="utf-8")


def rows(page, heading):
    """The first cells of a section's table, without their marks."""
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [cell.strip("`") for cell in re.findall(r"^\| (`[^`]+`) \|", section, re.MULTILINE)]


def test_every_command_is_on_the_page_and_no_other(page):
    assert rows(page, "Commands") == list(COMMANDS)


def test_every_request_and_notification_of_our_own_is_on_the_page(page):
    requests = rows(page, "Requests")
    own = [method for method in ON_LOOP if method.startswith("intaglio/")]
    assert [method for method in own if method in requests] == requests
    told = set(re.findall(r"^`(intaglio/\w+)`", page.partition("## Notifications")[2], re.MULTILINE))
    assert told == {"intaglio/status", "intaglio/preview", "intaglio/trust"}
    assert set(own) - set(requests) == {"intaglio/trust"}


def test_every_setting_of_an_editor_is_on_the_page(page):
    for field in fields(EditorSettings):
        assert f"`{field.name.replace('_', '-')}` (" in page


def test_every_initialization_option_is_read(page):
    names = rows(page, "Starting")
    source = client_of.__code__.co_consts
    assert {name for name in names if name not in source} == set()


@pytest.mark.asyncio(loop_scope="module")
async def test_the_status_has_the_fields_of_the_example(page, tmp_path, sign):
    example = json.loads(re.search(r"```json\n(\{.*?\})\n```", page, re.DOTALL)[1])
    editor = await start(tmp_path, FULL)
    editor.write("a.py", sign)
    uri = editor.open("a.py")
    await editor.barrier("a.py")
    status = editor.statuses[uri]
    assert list(status) == list(example)
    assert list(status["specs"][0]) == list(example["specs"][0])
    assert list(status["specs"][0]["stages"][0]) == list(example["specs"][0]["stages"][0])
    assert await end(editor) == 0
