"""The server: pygls with a session, publishers and jobs. Handlers are plain functions elsewhere, registered in `registration.py`."""

from __future__ import annotations

import asyncio
import json
import logging
import operator
import sys
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer

from intaglio import __version__
from intaglio.lsp.client import Client
from intaglio.lsp.collecting import Collecting
from intaglio.lsp.protocol import Protocol
from intaglio.lsp.refreshing import Refreshing

if TYPE_CHECKING:
    from pathlib import Path

    from intaglio.lsp.asked import Asked
    from intaglio.lsp.desk import Desk
    from intaglio.lsp.jobs import Jobs
    from intaglio.lsp.picture import SpecPicture
    from intaglio.lsp.session import Session

_SLICE = 0.008
"""Seconds of work on states between two looks at messages."""
_QUIET = 0.2
"""Seconds without a change until the cache of verdicts is asked."""
_MOST_LINES = 200
"""Lines of errors that one server writes to its log: a fault that comes back at every key must not fill a disk."""

log = logging.getLogger("intaglio.lsp")


@dataclass(frozen=True, slots=True)
class _Sent:
    """What was told of a file last."""

    version: int | None = None
    diagnostics: str = ""
    status: str = ""
    pictures: tuple[SpecPicture, ...] = ()


class Server(LanguageServer):
    """One connection. Everything here happens on the event loop's thread."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__("intaglio", __version__, types.TextDocumentSyncKind.Incremental, protocol_cls=Protocol)
        self._session: Session | None = None
        self._jobs: Jobs | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._asides: set[asyncio.Task[Any]] = set()
        self._publishing: dict[str, asyncio.Task[None]] = {}
        self._sent: dict[str, _Sent] = {}
        self._quiet: dict[str, asyncio.TimerHandle] = {}
        self.offered: set[Path] = set()
        """Workspaces in which it was asked whether a write is to be finished."""
        self._errors = 0
        self.ending = False
        self.warm = False
        """Whether what answers are made with was loaded, or is being loaded."""
        self.client = Client()
        self.folder_uris: list[str] = []
        self.watch: asyncio.Task[None] | None = None
        self.stop_event = threading.Event()
        self._refreshing = Refreshing(self._refresh)
        self.collecting = Collecting()

    @property
    def session(self) -> Session:
        """What is known. Loaded when first asked for: `initialize` is answered without it."""
        if self._session is None:
            from intaglio.lsp.session import Session

            self._session = Session(self.client, trusted=self.client.trusted, from_client=dict(self.client.settings))
        return self._session

    @property
    def jobs(self) -> Jobs:
        """What runs."""
        if self._jobs is None:
            from intaglio.lsp.jobs import Jobs

            self._jobs = Jobs(self)
        return self._jobs

    @property
    def has_jobs(self) -> bool:
        """Whether anything was ever run."""
        return self._jobs is not None

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something on the loop that nobody waits for but the barrier; what it raises is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def aside(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something that waits for a person: the barrier does not wait for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.log_error("a task failed", error)

    def publish(self, desk: Desk) -> None:
        """Tell the client what is known of a file, soon: several changes at once are told once."""
        uri = desk.file.uri
        if uri not in self._publishing and not self.ending:
            task = self._publishing[uri] = self.spawn(self._publish(uri))
            task.add_done_callback(lambda _: self._publishing.pop(uri, None))

    def publish_others(self, desk: Desk) -> None:
        """Tell the client of the other open files of a root, where they are not up to date."""
        for other in self.session.desks.values():
            if other.root is desk.root and other is not desk and not other.computed:
                self.publish(other)

    def asked(self, uri: str) -> Asked | None:
        """What a feature computes from; None for a file that is not open."""
        from intaglio.lsp.asked import Asked
        from intaglio.lsp.offer import offers_of

        desk = self.session.desks.get(uri)
        if desk is None:
            return None
        view = self.session.view(desk)
        offers = offers_of(desk) if desk.kept else {}
        editor, drawn = desk.root.configured.editor, desk.placed_pictures()
        return Asked(view, desk.file, self.session.client, editor, drawn, offers, desk.answered)

    async def _publish(self, uri: str) -> None:
        session = self.session
        while (desk := session.desks.get(uri)) is not None:
            file = desk.file
            started = time.perf_counter()
            steps = desk.live.advance(file.document, session.materials(desk.root))
            for _ in steps if not desk.computed else ():
                if time.perf_counter() - started > _SLICE:
                    await asyncio.sleep(0)
                    started = time.perf_counter()
                    if session.desks.get(uri) is not desk or desk.file is not file:
                        break
            else:
                self._tell(desk)
                return

    def put_away(self) -> None:
        """Forget files that no editor holds, once nothing is made of them and nothing waits."""
        busy = {job.uri for job in self._jobs.running.values()} if self._jobs is not None else set()
        for uri, desk in list(self.session.desks.items()):
            if not (desk.is_held or uri in busy or desk.pending or desk.kept):
                self.session.close(uri)
                self.clear(uri)

    def _tell(self, desk: Desk) -> None:
        from intaglio.lsp.diagnostics import diagnostics_of
        from intaglio.lsp.status import METHOD, status_of
        from intaglio.lsp.unfinished import look_for_unfinished

        session, file = self.session, desk.file
        session.compute(desk)
        desk.notice_taken()
        diagnostics = diagnostics_of(session, desk)
        last = self._sent.get(file.uri, _Sent())
        if desk.is_held and (last.version != file.version or last.diagnostics != diagnostics):
            version = f',"version":{file.version}' if file.version is not None else ""
            params = f'{{"uri":{json.dumps(file.uri)},"diagnostics":{diagnostics}{version}}}'
            self.protocol.send_text(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)
        drawn = desk.placed_pictures()
        pictures = tuple(picture for picture, _ in drawn)
        status = status_of(session, desk, drawn) if session.client.status else ""
        if status != last.status:
            self.protocol.send_text(METHOD, status)
        self._sent[file.uri] = _Sent(file.version, diagnostics, status, pictures)
        if last.pictures and not all(map(operator.is_, last.pictures, pictures)):
            at_work = any(one.job for one in pictures)
            self._refreshing.changed(asyncio.get_running_loop(), settled=not at_work)
        if session.trusts(desk.root) and desk.not_looked_up():
            self._look_back_soon(file.uri)
        look_for_unfinished(self, desk.root)

    def _look_back_soon(self, uri: str) -> None:
        """Ask the cache of verdicts once nothing more is typed for a while."""
        if (timer := self._quiet.pop(uri, None)) is not None:
            timer.cancel()
        if not self.ending:
            self._quiet[uri] = asyncio.get_running_loop().call_later(_QUIET, self._look_back, uri)

    def _look_back(self, uri: str) -> None:
        from intaglio.lsp.recall import recall

        if (timer := self._quiet.pop(uri, None)) is not None:
            timer.cancel()
            self.spawn(recall(self, uri))

    async def published(self, uri: str) -> None:
        """Wait until what is known of a file was told."""
        while (task := self._publishing.get(uri)) is not None:
            await asyncio.wait({task})

    def clear(self, uri: str) -> None:
        """Take back what was said of a file that is closed."""
        if (timer := self._quiet.pop(uri, None)) is not None:
            timer.cancel()
        if self._sent.pop(uri, None) is not None:
            self.protocol.send(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, {"uri": uri, "diagnostics": []})

    def _refresh(self) -> None:
        """Have the client ask anew for what it draws beside the text."""
        client = self.session.client
        for wanted, method in (
            (client.lens_refresh, types.WORKSPACE_CODE_LENS_REFRESH),
            (client.hint_refresh, types.WORKSPACE_INLAY_HINT_REFRESH),
        ):
            if wanted and not self.ending:
                self.protocol.send_request(method, None)

    async def settled(self) -> None:
        """Wait until all that was begun is done and published."""
        mine = asyncio.current_task()
        while True:
            for uri in list(self._quiet):
                self._look_back(uri)
            waiting = {task for task in self._tasks if task is not mine and not task.done()}
            if not waiting:
                return
            await asyncio.wait(waiting)

    def show(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Say something to the user."""
        self.protocol.send("window/showMessage", {"type": kind.value, "message": message})

    def log_error(self, what: str, error: BaseException | None = None) -> None:
        """One entry on stderr, until there were too many."""
        self._errors += 1
        if self._errors < _MOST_LINES:
            log.error("%s", what, exc_info=error)
        elif self._errors == _MOST_LINES:
            log.error("%d errors were logged; further ones are not", _MOST_LINES)

    def report_server_error(self, error: Exception, source: type[Any]) -> None:
        """Log what went wrong outside of a request; a client that is gone ends the server, and gets no message."""
        if source in {FeatureRequestError, JsonRpcException} or self.ending:
            return
        self.log_error(f"a message could not be handled ({source.__name__})", error)

    def leave(self) -> None:
        """End what runs: no child stays, no write is half done. Nothing is sent any more."""
        if self.ending:
            return
        self.ending = True
        self._refreshing.stop()
        self.protocol.quiet = True
        if self._jobs is not None:
            self._jobs.close()
        sys.stderr.flush()
