"""A small IMAP server on loopback: one folder, and what it is told to do wrong."""

import re
import socket
import ssl
import threading

GREETING = b"* OK ready\r\n"


class ImapServer:
    """Holds ``mails`` by their UIDs and the flags of each; understands what we ask.

    ``refuse`` is a command that it answers with NO; with ``hang_up`` it ends the line at
    that command; ``silent`` says nothing at all.
    """

    def __init__(self, certificate=None):
        self.mails, self.flags, self.asked = {}, {}, []
        self.refuse = self.hang_up = ""
        self.silent = False
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def add(self, raw):
        uid = len(self.mails) + 1
        self.mails[uid], self.flags[uid] = raw, set()
        return uid

    def stop(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self):
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line:
                try:
                    self._talk(line)
                except OSError:
                    continue

    def _talk(self, line):
        if self.silent:
            line.recv(1)
            return
        if self._context:
            line = self._context.wrap_socket(line, server_side=True)
        with line, line.makefile("rwb") as file:
            file.write(GREETING)
            file.flush()
            for command in file:
                if not self._answer(file, command.decode().strip()):
                    return

    def _answer(self, file, command):
        tag, words = command.split(" ", 1)
        self.asked.append(words)
        name = re.sub("^UID ", "", words).split(" ")[0].upper()
        if self.hang_up == name:
            return False
        if self.refuse == name:
            file.write(f"{tag} NO {name} is not for you\r\n".encode())
        else:
            for piece in getattr(self, f"_{name.lower()}")(words):
                file.write(piece)
            file.write(f"{tag} OK done\r\n".encode())
        file.flush()
        return name != "LOGOUT"

    def _capability(self, words):
        yield b"* CAPABILITY IMAP4rev1\r\n"

    def _login(self, words):
        return []

    def _select(self, words):
        yield f"* {len(self.mails)} EXISTS\r\n".encode()

    def _logout(self, words):
        yield b"* BYE\r\n"

    def _search(self, words):
        unseen = [
            str(uid) for uid, flags in self.flags.items() if "\\Seen" not in flags
        ]
        yield f"* SEARCH {' '.join(unseen)}\r\n".encode()

    def _fetch(self, words):
        _, _, uid, what = words.split(" ", 3)
        most = int(re.search(r"<0\.(\d+)>", what)[1])
        raw = self.mails[int(uid)][:most]
        yield f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode()
        yield raw + b")\r\n"

    def _store(self, words):
        _, _, uid, _, flags = words.split(" ", 4)
        self.flags[int(uid)] |= set(flags.strip("()").split())
        return []
