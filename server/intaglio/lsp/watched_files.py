"""workspace/didChangeWatchedFiles: locks, golden files, templates, settings and sources that change under the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intaglio.lsp.server import Server


async def watch(server: Server) -> None:
    """Ask the client to watch what states depend on."""
