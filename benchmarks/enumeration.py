"""Whether the time of an answer tells who is on the list or has an account.

`python -m benchmarks.enumeration` asks a real server in pairs, a known and an unknown name
in random order, over one connection. A gap counts when it is over 3 ms or 5 % and a paired
permutation test finds it with p < 0.001; then it leaves with status 1. Each request comes
from a network of its own, so that no limit is in the way. It needs `make run` once before.
"""

import http.client
import os
import random
import re
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.servers import Server, free_ports, start, stop
from benchmarks.site import GUNICORN, set_environment

PAIRS = 400  # of sign-ups
LOG_INS = 60  # pairs of each kind: hashing a password takes its time
SHUFFLES = 10_000
MOST_MS, MOST_PERCENT, LEAST_P = 3, 5, 0.001
PASSWORD = "the-password-of-nobody-1"
KINDS = ["staff", "inactive", "reader"]

Form = dict[str, str]


def main() -> None:
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="footcare-enumeration-")
        folder = Path(stack.enter_context(made))
        (port,) = free_ports(1)
        set_environment(folder, port)
        os.environ |= {"TRUSTED_PROXY_COUNT": "1", "WEB_WORKERS": "1"}
        make_site()
        servers: list[Server] = []
        stack.callback(stop, servers)
        start(servers, "site", port, GUNICORN, folder / "log")
        sys.exit(measure(port))


def make_site() -> None:
    """Half of the names are known: subscribers, and accounts of three kinds."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from articles.seed import seed_site
    from subscriptions.models import Subscriber

    call_command("migrate", verbosity=0, interactive=False)
    seed_site()
    Subscriber.objects.bulk_create(
        Subscriber(email=f"known{n}@example.org", state="confirmed", confirmed_at=now)
        for now in [timezone.now()]
        for n in range(PAIRS)
    )
    make_accounts()


def make_accounts() -> None:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.db import connections

    password = make_password(PASSWORD)
    User.objects.bulk_create(
        User(
            username=f"{kind}{n}",
            password=password,
            is_staff=kind != "reader",
            is_active=kind != "inactive",
        )
        for kind in KINDS
        for n in range(LOG_INS)
    )
    connections.close_all()


class Client:
    """One connection; every request comes from another network."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.networks = count()
        self.kept_until = 0.0

    def send(self, path: str, form: Form | None = None, cookie: str = "") -> float:
        """Milliseconds until the whole answer is here; it stays in ``body``."""
        n = next(self.networks)
        headers = {
            "X-Forwarded-For": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie,
        }
        method = "GET" if form is None else "POST"
        if not cookie:
            del headers["Cookie"]
        if time.monotonic() > self.kept_until:
            self.connection.close()  # as the server did; it is opened anew
        before = time.perf_counter()
        self.connection.request(method, path, urlencode(form or {}), headers)
        self.answer = self.connection.getresponse()
        self.body = self.answer.read()
        self.kept_until = time.monotonic() + 1
        return 1000 * (time.perf_counter() - before)


def measure(port: int) -> int:
    client = Client(port)

    def subscribe(name: str) -> float:
        return client.send("/subscribe/", {"email": f"{name}@example.org"})

    client.send("/admin/login/")
    cookie = (client.answer.headers["Set-Cookie"] or "").partition(";")[0]
    token = re.search(rb'csrfmiddlewaretoken" value="(\w+)"', client.body)
    assert token

    def log_in(name: str) -> float:
        form = {"username": name, "password": "wrong"}
        form |= {"csrfmiddlewaretoken": token[1].decode()}
        return client.send("/admin/login/", form, cookie)

    print("| | known ms | unknown ms | gap ms | gap % | p |\n|---|---|---|---|---|---|")
    gaps = [compare("sign-up", subscribe, "known", PAIRS)]
    gaps += [compare(f"log-in, {kind}", log_in, kind, LOG_INS) for kind in KINDS]
    return int(any(gaps))


def compare(label: str, ask: Callable[[str], float], known: str, size: int) -> bool:
    """Print one line of the table; returns whether there is a gap."""
    for _ in range(5):  # warm up
        ask("warm")
    pairs = list(asked_in_pairs(ask, known, size))
    gap = statistics.median(one - other for one, other in pairs)
    usual = statistics.median(other for _, other in pairs)
    p = permutation_p([one - other for one, other in pairs])
    percent = 100 * gap / usual
    shown = statistics.median(one for one, _ in pairs)
    print(
        f"| {label} | {shown:.2f} | {usual:.2f} | {gap:.2f} | {percent:.1f} | {p:.4f} |"
    )
    is_large = abs(gap) > MOST_MS or abs(percent) > MOST_PERCENT
    return is_large and p < LEAST_P


def asked_in_pairs(
    ask: Callable[[str], float], known: str, size: int
) -> Iterator[tuple[float, float]]:
    names = [(f"{known}{n}", f"other{n}") for n in range(size)]
    for pair in names:
        order = random.sample(pair, 2)
        times = {name: ask(name) for name in order}
        yield times[pair[0]], times[pair[1]]


def permutation_p(differences: list[float]) -> float:
    """How often the mean is as large when each pair is turned round by chance."""
    seen = abs(sum(differences))
    sizes = [abs(one) for one in differences]
    as_large = 0
    for _ in range(SHUFFLES):
        signs = random.getrandbits(len(sizes))
        total = sum(
            size if signs >> place & 1 else -size for place, size in enumerate(sizes)
        )
        as_large += abs(total) >= seen
    return (as_large + 1) / (SHUFFLES + 1)


if __name__ == "__main__":
    main()
