"""The one place where handlers are registered. The table that a handler stands in says where it runs and what it may touch.

- `ON_LOOP`: on the event loop, with the server; quick, and in the order of the messages.
- `FROM_VIEW`: on the event loop, from a frozen `Asked`; for answers within a few milliseconds.
- `IN_THREAD`: from a frozen `Asked`, in a thread; for what asks jedi or the disk. Cancelled requests are answered as such.

Features of `FROM_VIEW` and `IN_THREAD` are named by module and function, and loaded when first asked for.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.assist.token_types import TYPES
from intaglio.lsp import did_change_configuration, lifecycle, own_requests, text_sync, trust, watched_files
from intaglio.lsp.commands import COMMANDS, WAITING, cancel_progress

if TYPE_CHECKING:
    from intaglio.lsp.server import Server

Feature = Callable[..., Any]


def _load(place: str) -> Feature:
    module, _, function = place.partition(":")
    feature: Feature = getattr(importlib.import_module(f"intaglio.lsp.{module}"), function)
    return feature


def _later(place: str) -> Callable[..., Any]:
    """A coroutine of a module that is loaded when it is first asked for."""

    async def handle(server: Server, params: Any) -> Any:
        return await _load(place)(server, params)

    return handle


ON_LOOP: dict[str, tuple[Callable[..., Any], Any]] = {
    types.INITIALIZE: (lifecycle.initialize, None),
    types.INITIALIZED: (lifecycle.initialized, None),
    types.SHUTDOWN: (lifecycle.shutdown, None),
    types.EXIT: (lifecycle.exit_, None),
    types.TEXT_DOCUMENT_DID_OPEN: (text_sync.did_open, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (text_sync.did_change, None),
    types.TEXT_DOCUMENT_DID_CLOSE: (text_sync.did_close, None),
    types.TEXT_DOCUMENT_DID_SAVE: (text_sync.did_save, types.SaveOptions(include_text=False)),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (watched_files.did_change_watched_files, None),
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: (did_change_configuration.did_change_configuration, None),
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: (did_change_configuration.did_change_workspace_folders, None),
    types.WINDOW_WORK_DONE_PROGRESS_CANCEL: (cancel_progress, None),
    "intaglio/barrier": (own_requests.barrier, None),
    "intaglio/specs": (own_requests.specs, None),
    "intaglio/artifact": (own_requests.artifact, None),
    "intaglio/trust": (trust.did_change_trust, None),
    types.CODE_LENS_RESOLVE: (_later("code_lens:resolve"), None),
    types.TEXT_DOCUMENT_RENAME: (_later("rename:rename"), types.RenameOptions(prepare_provider=True)),
    types.WORKSPACE_SYMBOL: (_later("workspace_symbol:workspace_symbol"), None),
}

CODE_ACTION_KINDS = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite, types.CodeActionKind.Source]
LEGEND = types.SemanticTokensLegend(list(TYPES), [])

FROM_VIEW: dict[str, tuple[str, Any]] = {
    types.TEXT_DOCUMENT_CODE_ACTION: (
        "code_action:code_action", types.CodeActionOptions(code_action_kinds=CODE_ACTION_KINDS),
    ),
    types.TEXT_DOCUMENT_HOVER: ("hover:hover", None),
    types.TEXT_DOCUMENT_CODE_LENS: ("code_lens:code_lens", types.CodeLensOptions(resolve_provider=True)),
    types.TEXT_DOCUMENT_INLAY_HINT: ("inlay_hint:inlay_hint", None),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: ("document_symbol:document_symbol", None),
    types.TEXT_DOCUMENT_DOCUMENT_LINK: ("definition:document_link", None),
    types.TEXT_DOCUMENT_DEFINITION: ("definition:definition", None),
    types.TEXT_DOCUMENT_REFERENCES: ("references:references", None),
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: ("references:document_highlight", None),
    types.TEXT_DOCUMENT_PREPARE_RENAME: ("rename:prepare_rename", None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: ("folding_range:folding_range", None),
    types.TEXT_DOCUMENT_SELECTION_RANGE: ("folding_range:selection_range", None),
}  # fmt: skip
"""By method: "module:function" under intaglio.lsp, and the options that the server's capabilities name."""

IN_THREAD: dict[str, tuple[str, Any]] = {
    types.TEXT_DOCUMENT_COMPLETION: (
        "completion:completion", types.CompletionOptions(trigger_characters=["#", " ", ":", ".", "/", ","]),
    ),
    types.TEXT_DOCUMENT_SIGNATURE_HELP: (
        "signature_help:signature_help", types.SignatureHelpOptions(trigger_characters=["(", ","]),
    ),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: ("semantic_tokens:full", LEGEND),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: ("semantic_tokens:within", LEGEND),
}  # fmt: skip
"""As FROM_VIEW."""


def register(server: Server) -> None:
    """Register everything, once. Put into pygls' tables directly: its decorators look at each handler's annotations, which
    takes a tenth of the start.
    """
    manager = server.protocol.fm
    made = {method: (_on_loop(server, handler), options) for method, (handler, options) in ON_LOOP.items()}
    made |= {method: (_from_view(server, place), options) for method, (place, options) in FROM_VIEW.items()}
    made |= {method: (_in_thread(server, place), options) for method, (place, options) in IN_THREAD.items()}
    for method, (handler, options) in made.items():
        manager.features[method] = handler
        if options is not None:
            manager.feature_options[method] = options
    for name, place in COMMANDS.items():
        manager.commands[name] = _command(server, place)


def load_features() -> None:
    """Load every feature, and what they load when they are first asked. Takes a second; call it where nobody waits."""
    for place, _ in (*FROM_VIEW.values(), *IN_THREAD.values()):
        _load(place)
    for place in ("code_lens:resolve", "rename:rename"):
        _load(place)
    from intaglio.assist.attributes import warm_up
    from intaglio.explanations import all_codes
    from intaglio.lsp import commands_run, jobs  # noqa: F401 - what a command is done with

    all_codes()
    warm_up()


def _on_loop(server: Server, handler: Callable[..., Any]) -> Callable[..., Any]:
    if asyncio.iscoroutinefunction(handler):

        async def handle_async(*params: Any) -> Any:
            return await handler(server, *(params or (None,)))

        return handle_async

    def handle(*params: Any) -> Any:
        return handler(server, *(params or (None,)))

    return handle


def _command(server: Server, place: str) -> Callable[..., Any]:
    if place.partition(":")[0] in WAITING:

        async def run_async(*arguments: Any) -> Any:
            try:
                return await _load(place)(server, *arguments)
            finally:
                server.put_away()

        return run_async

    def run(*arguments: Any) -> Any:
        return _load(place)(server, *arguments)

    return run


def _from_view(server: Server, place: str) -> Callable[[Any], Any]:
    def handle(params: Any) -> Any:
        asked = server.asked(_uri(params))
        return None if asked is None else _load(place)(asked, params)

    return handle


def _in_thread(server: Server, place: str) -> Callable[[Any], Any]:
    async def handle(params: Any) -> Any:
        asked = server.asked(_uri(params))
        if asked is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(_THINKERS, _load(place), asked, params)

    return handle


_THINKERS = ThreadPoolExecutor(2, "intaglio-answers")


def _uri(params: Any) -> str:
    return str(params.text_document.uri)
