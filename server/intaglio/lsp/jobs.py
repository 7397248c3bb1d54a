"""Jobs: what runs long (compile, validate, lock), each done in the background process and told to the loop as
events.

A job ends by its own, by `cancel`, by the progress's button, or because someone edited the very spec that it works on. pygls'
own cancelling is not relied on: it lets a command's coroutine run to its end.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.background_work import Compile, Lock, Told, Validate, Work
from intaglio.events import Event, Proposed, SpecKey, Stopped, Streamed
from intaglio.lsp.background import Answer, Background
from intaglio.lsp.offer import offer
from intaglio.lsp.preview import Preview
from intaglio.lsp.recall import recall
from intaglio.lsp.run import Basis, Run, region_of
from intaglio.lsp.work_done import WorkDone
from intaglio.progress import Phase, SpecProgress, advance
from intaglio.workers import NoTools, Workers

if TYPE_CHECKING:
    from intaglio.lsp.desk import Desk
    from intaglio.lsp.server import Server


@dataclass(slots=True)
class Job:
    """One job on specs of one file, one after another. `why` is set when somebody else than the user ended it."""

    id: str
    title: str
    uri: str
    keys: tuple[SpecKey, ...]
    cancelled: bool = False
    number: int = 0
    """Of its work in the background process, once that was begun."""
    why: str = ""
    overtaken: set[str] = field(default_factory=set)
    """Specs that were edited meanwhile: what comes of them is not offered."""
    proposals: list[Proposed] = field(default_factory=list)
    at_work: SpecKey | None = None
    told: asyncio.Queue[Told | None] = field(default_factory=asyncio.Queue)
    """What is told of it; None when that is all."""


class Jobs:
    """All jobs of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self.running: dict[str, Job] = {}
        self._background = Background()
        self._writer = Workers(1, NoTools)

    def start(
        self, title: str, desk: Desk, names: tuple[str, ...], task: Compile | Validate | Lock, *, model: str = ""
    ) -> Job:
        """Begin a job on some specs of an open file, with another model than the settings' if one is named. An earlier job
        on one of them ends.
        """
        session = self._server.session
        job = Job(str(next(self._numbers)), title, desk.file.uri, tuple(session.key(desk, name) for name in names))
        for other in list(self.running.values()):
            if other.uri == job.uri and not {key.name for key in other.keys}.isdisjoint(names):
                self.stop(other, f"{job.title} took its place")
        session.compute(desk)
        data = desk.file.document.data
        regions: dict[str, bytes] = {}
        for name in names:
            spec = desk.spec(name)
            regions[name] = region_of(spec, data) if spec is not None else b""
            progress = SpecProgress(session.key(desk, name))
            desk.runs[name] = Run(progress, job.id, regions[name], basis=desk.basis(name), file=data)
            desk.kept.pop(name, None)
        settings, texts = desk.root.configured.settings, session.open_texts(desk.root)
        if model:
            settings = replace(settings, model=model)
        work = Work(task, desk.root.path, settings, texts, job.keys, regions)
        self.running[job.id] = job
        self._server.publish(desk)
        self._server.spawn(self._conduct(job, work))
        return job

    def stop(self, job: Job, why: str = "") -> None:
        """End a job; `why` is told to the user, who did not ask for it. Its end is not waited for: what runs in the sandbox ends
        at once, and what a stage says that does not is of no use to anybody.
        """
        job.why = job.why or why
        job.cancelled = True
        self._background.cancel(job.number)
        for key in job.keys:
            job.told.put_nowait(Told(Stopped(key)))
        job.told.put_nowait(None)

    def overtaken(self, uri: str, names: tuple[str, ...]) -> None:
        """Specs of a file were edited: what is being made of their old text is of no use."""
        for job in list(self.running.values()):
            if job.uri != uri or job.cancelled:
                continue
            mine = {key.name for key in job.keys}.intersection(names)
            for name in mine - job.overtaken:
                self._background.skip(job.number, name)
            job.overtaken |= mine
            left = [key for key in job.keys if key.name not in job.overtaken]
            if job.at_work is not None and job.at_work.name in mine:
                self.stop(job, f"{job.at_work.name} was edited meanwhile")
            elif not left:
                self.stop(job, f"{', '.join(sorted(mine))} was edited meanwhile")

    async def call(self, function: Callable[..., Answer], *arguments: Any) -> Answer:
        """What a function gives that reads and computes for long, without anyone waiting but the caller."""
        return await self._background.call(function, *arguments)

    def write(self, work: Callable[[], str]) -> asyncio.Future[str]:
        """Have something written to the disk, one after another; what went wrong, "" when nothing did."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str] = loop.create_future()

        def run(_: NoTools) -> None:
            try:
                outcome = work()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the thread lives on
                outcome = f"{type(error).__name__}: {error}"
            _post(loop, lambda: done.set_result(outcome) if not done.done() else None)

        self._writer.submit(run)
        return done

    def close(self) -> None:
        """End every job and every child. A write that was begun is waited for."""
        for job in self.running.values():
            self.stop(job)
        self._writer.close(wait=10.0)
        self._background.close()

    async def _conduct(self, job: Job, work: Work) -> None:
        """See a job through, from its progress's begin to its end. It works on the texts that were open when it was asked for."""
        server = self._server
        progress = WorkDone(server, job.title, job.id)
        await progress.begin()
        job.number = self._background.begin(work, job.told.put_nowait)
        if job.cancelled:
            self._background.cancel(job.number)
        for name in job.overtaken:
            self._background.skip(job.number, name)
        preview = Preview(server, job.uri, job.id)
        try:
            while (told := await job.told.get()) is not None:
                self._take(job, told)
                preview.take(told.event)
                current = server.session.desks.get(job.uri)
                if current is not None and not isinstance(told.event, Streamed):
                    server.publish(current)
                progress.report(self._sentence(job, told.event))
            if job.proposals and not job.cancelled:
                await offer(server, job.uri, job.title, tuple(job.proposals))
        finally:
            preview.end()
            self.running.pop(job.id, None)
            if job.why:
                server.show(f"{job.title} was ended: {job.why}", types.MessageType.Info)
            closed = server.session.desks.get(job.uri)
            if closed is not None and not closed.is_held:
                where = f"what was found is shown when {closed.file.path} is opened"
                server.show(f"{job.title}: {self._outcome(job, closed)}; {where}")
            server.put_away()
            current = server.session.desks.get(job.uri)
            if current is not None:
                server.session.read_lock(current)
                server.publish(current)
                for key in job.keys:
                    current.looked_up.pop(key.name, None)
                await recall(server, job.uri)
                await server.published(job.uri)
            progress.end(self._outcome(job, current))

    def _take(self, job: Job, told: Told) -> None:
        """Fold one event into its spec's run, unless that run is another's by now."""
        desk = self._server.session.desks.get(job.uri)
        event = told.event
        job.at_work = event.key
        if isinstance(event, Proposed) and event.key.name not in job.overtaken:
            job.proposals.append(event)
        if desk is None or (run := desk.runs.get(event.key.name)) is None or run.job != job.id:
            return
        if isinstance(event, Stopped) and run.ended:
            return
        basis = run.after_basis
        if isinstance(event, Proposed) and run.basis is not None:
            basis = Basis(event.entry.inputs, (), run.basis.settings)
        desk.runs[event.key.name] = replace(
            run,
            progress=advance(run.progress, event),
            queued=False,
            after=told.after or run.after,
            after_basis=basis,
        )

    def _sentence(self, job: Job, event: Event) -> str:
        desk = self._server.session.desks.get(job.uri)
        run = desk.runs.get(event.key.name) if desk is not None else None
        if run is None or run.job != job.id:
            return event.key.name
        progress = run.progress
        parts = [event.key.name]
        if progress.phase is Phase.GENERATING:
            parts.append(f"{progress.model or progress.backend} is writing")
        elif progress.running is not None:
            parts.append(progress.running.value)
        else:
            parts.append(progress.phase.value)
        if progress.attempts > 1:
            parts.append(f"attempt {progress.attempt} of {progress.attempts}")
        tokens = progress.usage.input_tokens + progress.usage.output_tokens
        if tokens:
            parts.append(f"{tokens} tokens")
        return ", ".join(parts)

    def _outcome(self, job: Job, desk: Desk | None) -> str:
        if job.cancelled:
            return "cancelled"
        runs = [desk.runs[key.name] for key in job.keys if key.name in desk.runs] if desk is not None else []
        words = [run.progress.phase.value for run in runs if run.job == job.id]
        return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)) or "done"


def _post(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    """Call something on the loop, unless it has ended."""
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        return
