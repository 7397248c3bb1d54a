"""A model server that answers by a script, over real HTTP on loopback, in OpenAI's protocol with server-sent events."""

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Step:
    """One answer. `usage` None: the server reports none. `cut` ends the connection after so many pieces.

    `hold` waits for an event, once `hold_after` pieces (of eight characters) are sent. `pause`: seconds before each piece,
    for benchmarks.
    """

    text: str = ""
    usage: tuple[int, int] | None = (66, 36)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    hold: threading.Event | None = None
    hold_after: int = 1
    garbage: bool = False
    finish: str = "stop"
    pause: float = 0.0


@dataclass
class Served:
    """`ended`: when the last piece of each answer was sent, by `time.perf_counter`."""

    base: str
    requests: list
    gone: threading.Event
    ended: list = field(default_factory=list)
    keys: list = field(default_factory=list)


@contextmanager
def scripted(*steps, repeat=False, single=0):
    """Serve the steps in turn (the last one for ever with `repeat`); yields Served.

    `single`: as llama.cpp's Python server does, a new request ends the one that is being answered, without a reason. So
    many first requests are there before any of them is answered.
    """
    left = list(steps)
    arriving = threading.Lock()
    all_there = threading.Barrier(single or 1)
    served = Served("", [], threading.Event())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            body = json.dumps({"object": "list", "data": [{"id": "scripted", "object": "model"}]}).encode()
            self.answer(200, body, "application/json")

        def do_POST(self):
            data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with arriving:
                served.requests.append(data)
                served.keys.append(self.headers["Authorization"])
                self.number = len(served.requests)
            step = left[0] if repeat and len(left) == 1 else left.pop(0) if left else Step(status=500)
            step = step if isinstance(step, Step) else Step(step)
            if step.status != 200:
                body = json.dumps(
                    {"error": {"message": f"scripted {step.status}", "type": "scripted", "code": str(step.status)}}
                ).encode()
                self.answer(step.status, body, "application/json", step.headers)
                return
            try:
                self.stream(step)
            except (BrokenPipeError, ConnectionResetError):
                served.gone.set()
                self.close_connection = True

        def answer(self, status, body, kind, headers=None):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def stream(self, step):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            if step.garbage:
                self.piece(b"data: {not json\n\n")
                self.piece(b"")
                return
            pieces = [step.text[place : place + 8] for place in range(0, len(step.text), 8)] or [""]
            if self.number <= single:
                all_there.wait(60)
            for number, piece in enumerate(pieces):
                if step.pause:
                    time.sleep(step.pause)
                if single:
                    time.sleep(0.05)
                    if len(served.requests) > self.number:
                        self.piece(b"data: [DONE]\n\n")
                        self.piece(b"")
                        return
                if step.cut is not None and number >= step.cut:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.event(
                    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}]}
                )
                if step.hold is not None and number + 1 >= step.hold_after:
                    self.wait_for(step.hold)
            served.ended.append(time.perf_counter())
            self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": step.finish}]})
            if step.usage is not None:
                tokens = {
                    "prompt_tokens": step.usage[0],
                    "completion_tokens": step.usage[1],
                    "total_tokens": sum(step.usage),
                }
                self.event({"choices": [], "usage": tokens})
            self.piece(b"data: [DONE]\n\n")
            self.piece(b"")

        def wait_for(self, event):
            """Hold the stream open with comments until the event, so that a client that leaves is noticed."""
            end = time.monotonic() + 20
            while not event.wait(0.02) and time.monotonic() < end:
                self.piece(b": waiting\n\n")

        def event(self, fields):
            body = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "scripted", **fields}
            self.piece(f"data: {json.dumps(body)}\n\n".encode())

        def piece(self, data):
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.base = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
