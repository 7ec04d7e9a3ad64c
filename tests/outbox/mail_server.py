"""A mail server that takes all, or fails at a chosen step, and remembers what it took."""

import re
import socketserver
import threading
import time
from contextlib import suppress

_USUAL = {
    "connect": "220 here",
    "ehlo": "250 here",
    "mail": "250 OK",
    "rcpt": "250 OK",
    "data": "354 go on",
    "dot": "250 taken",
}


class MailServer(socketserver.ThreadingTCPServer):
    """On a free port of the loopback, until `end`.

    ``plan(step, address)`` is asked at each step ("connect", "ehlo", "mail", "rcpt", "data",
    "body", "dot") and answers what the server says there: None for the usual, "drop" to
    hang up, "hang" to say nothing. "body" comes before the mail is read; "taken, then drop" hangs up after it was taken and before that is said.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address=("127.0.0.1", 0), *, keep_mails=False):
        super().__init__(address, _Talk)
        self.port = self.server_address[1]
        self.plan = lambda step, address: None
        self.taken, self.times = [], []  # (address, Message-ID), and when it came
        self.mails, self.keep_mails = [], keep_mails
        self.connections = 0
        self.is_pipelined = False  # takes several commands at once
        self.is_careless = False  # takes a mail to nobody
        self.ended = threading.Event()
        self.lock = threading.Lock()
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    @property
    def addresses(self):
        return [address for address, _ in self.taken]

    def handle_error(self, request, client_address):
        """A client that was killed is what these tests are about."""

    def end(self):
        self.ended.set()
        self.shutdown()
        self.server_close()


class _GoneError(Exception):
    pass


class _Talk(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        self.address, self.is_named = "", False
        with self.server.lock:
            self.server.connections += 1
        with suppress(_GoneError, OSError):
            self._step("connect")
            while line := self.rfile.readline():
                self._obey(line.decode("ascii").strip())

    def _obey(self, line):
        verb = line[:4].lower()
        if verb in {"ehlo", "helo"}:
            is_pipelined = self.server.is_pipelined
            if self._step("ehlo", quietly=is_pipelined) and is_pipelined:
                self._say("250-here\r\n250 PIPELINING")
        elif verb == "mail":
            self.address, self.began = "", time.time()
            self._step("mail")
        elif verb == "rcpt":
            self.address = re.search("<(.*)>", line)[1]
            self.is_named = self._step("rcpt")
        elif verb == "data":
            if not self.is_named and not self.server.is_careless:
                self._say("503 to whom?")
            elif self._step("data"):
                self._step("body")
                self._take()
        elif verb == "quit":
            self._say("221 bye")
            raise _GoneError
        else:
            self._say("250 OK")

    def _take(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line.endswith(b"\r\n"):
                raise _GoneError
            lines.append(line)
        answer = self.server.plan("dot", self.address)
        if answer in {"drop", "hang"} or (answer or "2")[0] in "45":
            self._say_or_fail(answer)
            return
        with self.server.lock:
            found = re.search(rb"^Message-ID:\s*(\S+)", b"".join(lines), re.M | re.I)
            self.server.taken.append((self.address, found[1].decode()))
            self.server.times.append(self.began)
            if self.server.keep_mails:
                self.server.mails.append(b"".join(lines))
        self._say_or_fail((answer or _USUAL["dot"]).removeprefix("taken, then "))

    def _step(self, step, *, quietly=False):
        """Do what is planned; whether that was the usual, or a yes."""
        planned = self.server.plan(step, self.address)
        answer = planned or (None if quietly else _USUAL.get(step))
        if answer:
            self._say_or_fail(answer)
        return planned is None or planned[0] == "2"

    def _say_or_fail(self, answer):
        if answer == "hang":
            self.server.ended.wait(60)
        if answer in {"drop", "hang"}:
            raise _GoneError
        self._say(answer)
        if answer.startswith("421"):
            raise _GoneError

    def _say(self, answer):
        self.wfile.write(answer.encode() + b"\r\n")
