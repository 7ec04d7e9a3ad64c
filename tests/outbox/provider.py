"""An e-mail provider's interface on loopback, which answers what it is told to."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Provider:
    """Postmark's interface: keeps what it takes, as ``mails``.

    ``answers`` are told first, one a request: a status, "silence" or "hang up".
    """

    def __init__(self):
        self.mails, self.answers = [], []
        self.release = threading.Event()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                mail = json.loads(self.rfile.read(length))
                answer = provider.answers.pop(0) if provider.answers else 200
                if answer == "silence":
                    provider.release.wait(5)
                if isinstance(answer, str):
                    self.close_connection = True
                    return
                taken = {
                    "ErrorCode": 0,
                    "Message": "OK",
                    "MessageID": "id",
                    "To": mail["To"],
                }
                refused = {"ErrorCode": 400, "Message": f"No, said {answer}"}
                if answer == 200:
                    provider.mails.append(mail)
                self._say(answer, taken if answer == 200 else refused)

            def _say(self, status, words):
                body = json.dumps(words).encode() if status != 201 else b"no answer"
                self.send_response(200 if status == 201 else status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def provider(settings):
    one = Provider()
    settings.MAIL_PROVIDER = "postmark"
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_API_URL": one.url,
        "REQUESTS_TIMEOUT": 0.3,
    }
    yield one
    one.stop()
