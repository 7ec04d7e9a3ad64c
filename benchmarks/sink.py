"""A mail server that takes everything and keeps nothing, as quick as Python can be.

`python -m benchmarks.sink` prints its port; it ends with its standard input.
"""

import asyncio
import sys

_ANSWERS = {
    b"ehlo": b"250-sink\r\n250 PIPELINING\r\n",
    b"data": b"354 go on\r\n",
    b"quit": b"221 bye\r\n",
}


class Talk(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.unread = b""
        self.is_in_mail = False
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.unread += data
        while True:
            end = b"\r\n.\r\n" if self.is_in_mail else b"\r\n"
            line, found, rest = self.unread.partition(end)
            if not found:
                return
            self.unread = rest
            self.answer(line)

    def answer(self, line: bytes) -> None:
        if self.is_in_mail:
            self.is_in_mail = False
            self.transport.write(b"250 taken\r\n")
            return
        verb = line[:4].lower()
        self.is_in_mail = verb == b"data"
        self.transport.write(_ANSWERS.get(verb, b"250 OK\r\n"))


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
