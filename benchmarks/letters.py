"""What it costs to send one letter to 10,000 readers, three ways, to the same mail server.

`python -m benchmarks.letters` sends them (a) as bytes that are ready, over one connection:
the bare limit; (b) by the worker's engine, with the ledger, on SQLite and, with
TEST_DATABASE_URL, on PostgreSQL; (c) in Django's ordinary way, one EmailMultiAlternatives
for each reader over one connection, without any ledger. Each way runs in a process of its
own, in turns; it prints the medians of the CPU of that process, which a busy machine does
not change much, of messages a second, and what memory the engine holds after 1,000 and
after 10,000 letters. The databases are the benchmark's own and go with it.
"""

import argparse
import json
import os
import secrets
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from benchmarks.servers import ROOT

EARLY = 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--words", type=int, help="of your own, in place of the letter about an article"
    )
    parser.add_argument("--way", help="used by the benchmark itself")
    options = parser.parse_args()
    if options.way:
        print(json.dumps(WAYS[options.way](options.readers)))
    else:
        os.environ["WORDS"] = str(options.words or 0)
        compare(options.readers, options.rounds)


def compare(readers: int, rounds: int) -> None:
    asked = ["bare", "sendmail", "engine", "django"]
    found: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder, a_sink() as port:
        databases = {"SQLite": f"sqlite:///{folder}/letters.sqlite3"}
        if server := os.environ.get("TEST_DATABASE_URL"):
            databases["PostgreSQL"] = server
        for kind, url in databases.items():
            with a_database(url) as own:
                env = environment(folder, port, own)
                run("make", readers, env)
                for _ in range(rounds):
                    for way in asked:
                        if way != "engine" and kind != "SQLite":
                            continue
                        name = f"engine, {kind}" if way == "engine" else way
                        found.setdefault(name, []).append(run(way, readers, env))
    show(found, readers)


def show(found: dict[str, list[dict[str, float]]], readers: int) -> None:
    def median(name: str, what: str) -> float:
        return statistics.median(one[what] for one in found[name])

    bare, django = median("bare", "cpu"), median("django", "cpu")
    print(f"One letter of {median('bare', 'bytes'):,.0f} bytes to {readers:,} readers:")
    print(
        "| | CPU ms a letter | of the bare limit | Django's in it | letters a second |"
    )
    print("| --- | --- | --- | --- | --- |")
    for name in found:
        cpu, wall = median(name, "cpu"), median(name, "wall")
        print(f"| {name} | {cpu / readers * 1000:.3f} | {cpu / bare:.2f} "
              f"| {django / cpu:.1f} | {readers / wall:,.0f} |")  # fmt: skip
    for name, rounds in found.items():
        if "late" in rounds[0]:
            print(f"{name}: {median(name, 'early'):.1f} MB after {EARLY:,}, "
                  f"{median(name, 'late'):.1f} MB at the end.")  # fmt: skip


@contextmanager
def a_sink() -> Any:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sink"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()


@contextmanager
def a_database(url: str) -> Any:
    """A database of its own beside ``url``; of SQLite, that file."""
    if url.startswith("sqlite"):
        yield url
        return
    name = f"letters_{secrets.token_hex(4)}"

    def psql(statement: str) -> None:
        subprocess.run(["psql", "-qd", url, "-c", statement], check=True)

    psql(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        psql(f"DROP DATABASE {name} WITH (FORCE)")


def environment(folder: str, port: int, database: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "footcare.settings",
        "DOT_ENV": os.devnull,
        "DEBUG": "0",
        "SECRET_KEY": "k" * 50,
        "DATA_DIR": folder,
        "DATABASE_URL": database,
        "CACHE_URL": "locmemcache://",
        "SITE_URL": "https://footcare.example",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "FROM_EMAIL": "Footcare <letters@footcare.example>",
    }


def run(way: str, readers: int, env: dict[str, str]) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.letters",
        "--way",
        way,
        "--readers",
        str(readers),
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout.splitlines()[-1])


def make(readers: int) -> dict[str, float]:
    """A site with so many confirmed readers."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from articles.seed import seed_site
    from subscriptions.models import Subscriber

    call_command("migrate", verbosity=0, interactive=False)
    seed_site()
    Subscriber.objects.bulk_create(
        (
            Subscriber(
                email=f"reader{n}@example.org",
                state="confirmed",
                confirmed_at=timezone.now(),
            )
            for n in range(readers)
        ),
        batch_size=500,
    )
    return {}


def a_letter() -> Any:
    """A new letter about the first article, queued."""
    import django

    django.setup()
    from articles.models import Article
    from subscriptions.letters import control
    from subscriptions.models import Letter

    Letter.objects.all().delete()
    if words := int(os.environ.get("WORDS", "0")):
        body = "\n\n".join(["Warm feet – and a *rested* head: " * 10] * (words // 60))
        letter = Letter.objects.create(subject="Warm feet", body=body)
    else:
        letter = Letter.objects.create(
            kind=Letter.Kind.ARTICLE,
            article=Article.objects.earliest("pk"),
            subject="Warm feet",
        )
    assert control.queue(letter)
    letter.refresh_from_db()
    return letter


def all_readers(letter: Any) -> Iterable[Any]:
    from subscriptions.letters.mime import To

    rows = letter.deliveries.values_list(
        "pk", "subscriber_id", "subscriber__email", "subscriber__letter_key"
    )
    return [To(*row) for row in rows.order_by("pk")]


@contextmanager
def measured(figures: dict[str, float]) -> Any:
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    figures["cpu"] = time.process_time() - cpu
    figures["wall"] = time.perf_counter() - wall


def ready() -> tuple[list[tuple[str, bytes]], dict[str, float]]:
    letter = a_letter()
    from subscriptions.letters.mime import PreparedLetter

    prepared = PreparedLetter(letter)
    mails = [(to.email, prepared.data(to)) for to in all_readers(letter)]
    return mails, {"bytes": len(mails[0][1])}


def connection() -> smtplib.SMTP:
    from django.conf import settings

    smtp = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT)
    smtp.ehlo()
    return smtp


def bare(readers: int) -> dict[str, float]:
    """The commands and the bytes, and nothing else."""
    mails, figures = ready()
    smtp = connection()
    with measured(figures):
        for address, data in mails:
            smtp.mail("letters@footcare.example")
            smtp.rcpt(address)
            smtp.putcmd("data")
            smtp.getreply()
            smtp.send(data + b".\r\n")
            assert smtp.getreply()[0] == 250
    smtp.quit()
    return figures


def sendmail(readers: int) -> dict[str, float]:
    """The same bytes by smtplib's own function, which looks through them once more."""
    mails, figures = ready()
    smtp = connection()
    with measured(figures):
        for address, data in mails:
            smtp.sendmail("letters@footcare.example", [address], data)
    smtp.quit()
    return figures


def engine(readers: int) -> dict[str, float]:
    """All that the worker does."""
    letter = a_letter()
    from subscriptions.letters import delivery

    figures: dict[str, float] = {}
    sent = 0
    with measured(figures):
        while done := delivery.send_letters(lambda line: None):
            sent += done
            if sent >= EARLY and "early" not in figures:
                figures["early"] = resident()
    letter.refresh_from_db()
    assert (letter.state, sent) == ("sent", readers)
    figures["late"] = resident()
    return figures


def in_djangos_way(readers: int) -> dict[str, float]:
    """A message of Django's for each reader, over one connection that is kept."""
    letter = a_letter()
    from django.core.mail import get_connection

    from subscriptions.letters.mime import PreparedLetter

    prepared = PreparedLetter(letter)
    figures: dict[str, float] = {}
    everybody = all_readers(letter)
    with measured(figures), get_connection() as kept:
        for to in everybody:
            mail = prepared.message(to)
            mail.connection = kept
            mail.send()
    return figures


def resident() -> float:
    """Megabytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


WAYS = {
    "make": make,
    "bare": bare,
    "sendmail": sendmail,
    "engine": engine,
    "django": in_djangos_way,
}

if __name__ == "__main__":
    main()
