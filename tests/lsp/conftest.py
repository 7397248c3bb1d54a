"""A server and an editor for each module; files of a workspace for each test."""

import sys
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))

from editor import end, start

SIGN = """# spec: Return the sign of x as one of the words "minus", "zero" or "plus".
# rule: x < 0 -> "minus"
# rule: x == 0 -> "zero"
# rule: otherwise -> "plus"
# example: sign(-3) == "minus"
# example: sign(0) == "zero"
def sign(x: int) -> str: ...
"""


@pytest.fixture(scope="session")
def sign():
    """A spec that its rules cover."""
    return SIGN


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(tmp_path_factory):
    """An editor that can do everything, on a trusted workspace."""
    root = tmp_path_factory.mktemp("workspace")
    (root / "intaglio.toml").write_text("")
    one = await start(root)
    yield one
    assert await end(one) == 0
