"""A plain client over stdio: sends messages, notes when each answer and notification came. For benchmarks and transcripts."""

import asyncio
import json
import time


class PlainClient:
    """One server process. `told` holds (time, method, params) of each notification."""

    def __init__(self):
        self.number = 0
        self.waiting = {}
        self.told = []
        self.answers = {}
        self.listeners = []
        self.hearing = {}

    async def start(self, *command):
        """Start a server."""
        self.process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=2**26,
        )
        self.reading = asyncio.create_task(self._read())
        return self

    def send(self, message):
        """Send one message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def notify(self, method, params):
        """Send a notification."""
        self.send({"method": method, "params": params})

    async def request(self, method, params):
        """Send a request; its answer."""
        self.number += 1
        self.waiting[self.number] = asyncio.get_running_loop().create_future()
        self.send({"id": self.number, "method": method, "params": params})
        return await self.waiting[self.number]

    async def until(self, wanted):
        """The time at which a notification came for which `wanted(method, params)` holds."""
        future = asyncio.get_running_loop().create_future()
        self.listeners.append((wanted, future))
        return await future

    def hear(self, method, heard):
        """Have `heard(time, params)` called with each notification of a method."""
        self.hearing[method] = heard

    async def end(self):
        """Shut the server down; its exit code."""
        await self.request("shutdown", None)
        self.notify("exit", None)
        return await self.process.wait()

    async def _read(self):
        stream = self.process.stdout
        while header := await stream.readline():
            length = int(header.split(b":")[1])
            while (await stream.readline()).strip():
                pass
            body = await stream.readexactly(length)
            now = time.perf_counter()
            message = json.loads(body)
            if "method" in message and "id" in message:
                answer = self.answers.get(message["method"])
                self.send({"id": message["id"], "result": answer(message["params"]) if answer else None})
            elif "method" in message:
                if (heard := self.hearing.get(message["method"])) is not None:
                    heard(now, message["params"])
                    continue
                self.told.append((now, message["method"], message["params"]))
                for pair in list(self.listeners):
                    if pair[0](message["method"], message["params"]):
                        self.listeners.remove(pair)
                        pair[1].set_result(now)
            elif (future := self.waiting.pop(message["id"], None)) is not None:
                future.set_result(message.get("result"))
