"""docs/session.md is what a plain client and the server say to each other now. `make docs` writes it."""

from transcript import PAGE, transcript


def test_the_page_is_the_session():
    assert transcript() == PAGE.read_text(encoding="utf-8"), "run: make docs"
