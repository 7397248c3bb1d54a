"""What every suite has at hand."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout that holds these tests."""
    return Path(__file__).resolve().parents[1]
