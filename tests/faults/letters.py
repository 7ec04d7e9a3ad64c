"""Workers in processes of their own that send a letter, and what became of it."""

import json
import random
import sys
import threading
import time
from collections import Counter
from itertools import count

from tests.faults.load import run
from tests.faults.servers import wait_until
from tests.outbox.mail_server import MailServer
from tests.running import Site

LEASE = "1"  # seconds

_QUEUE = """
from django.utils import timezone
from subscriptions.letters import control
from subscriptions.models import Letter, SendingSettings, Subscriber
now = timezone.now()
def add(kind, count, **values):
    Subscriber.objects.bulk_create(
        Subscriber(email=f"{{kind}}{{n}}@example.org", state=kind, **values)
        for n in range(count)
    )
add("confirmed", {readers}, confirmed_at=now)
add("left", {others}, left_at=now)
SendingSettings.objects.update_or_create(pk=1, defaults={settings})
letter = Letter.objects.create(subject="Feet", body="Walk.", at_most_once={at_most_once})
assert control.queue(letter)
"""
_LOOK = """
import json
from subscriptions.letters.mime import PreparedLetter
from subscriptions.models import Letter
letter = Letter.objects.get()
prepared = PreparedLetter(letter)
print(json.dumps({
    "state": letter.state,
    "ledger": [
        (state, email, prepared.message_id(pk), attempts)
        for state, email, pk, attempts in letter.deliveries.values_list(
            "state", "subscriber__email", "pk", "attempts")
    ],
}))
"""
_LEAVE = """
import sys, time
from django.db import transaction
from django.utils import timezone
from subscriptions.models import Subscriber
for number in range({first}, {last}, {step}):
    Subscriber.objects.filter(email=f"confirmed{{number}}@example.org").update(
        state="left", left_at=timezone.now())
    print(f"confirmed{{number}}@example.org", time.time())
"""


class Worker(Site):
    """`manage.py worker` alone, as on one of several machines."""

    command = ("manage.py", "worker")

    def __init__(self, folder, **environment):
        folder.mkdir(exist_ok=True)
        super().__init__(folder, **{"LETTER_LEASE": LEASE} | environment)

    def ask_to_end(self):
        assert self._process
        self._process.terminate()
        return self._process.wait(30)


class InNetwork(Worker):
    """In a network namespace of its own, as on a machine of its own."""

    def __init__(self, folder, network, **environment):
        super().__init__(folder, **environment)
        enter = f"import os; os.execvp('ip', ['ip', 'netns', 'exec', '{network}', "
        python = f"'{sys.executable}', 'manage.py', 'worker'])"
        self.command = ("-c", enter + python)


class SlowMailServer(MailServer):
    """Takes a while between having a mail and saying so, in which workers are killed."""

    def __init__(self, most=0.002, **values):
        super().__init__(**values)
        self.plan = lambda step, address: (
            time.sleep(random.uniform(0, most)) if step == "dot" else None
        )

    def wait_for(self, number):
        wait_until(lambda: len(self.taken) >= number, f"{number} mails", 300)


class Letter:
    """One letter of a site, and what the mail server has of it."""

    def __init__(
        self, site, server, readers, others=0, *, at_most_once=False, **settings
    ):
        self.site, self.server, self.readers = site, server, readers
        program = _QUEUE.format(
            readers=readers, others=others, at_most_once=at_most_once, settings=settings
        )
        run(site, program)

    def look(self):
        return json.loads(run(self.site, _LOOK))

    def is_sent(self):
        return self.look()["state"] == "sent"

    def wait(self, *workers, seconds=120):
        """Until a worker says that it is all sent."""
        wait_until(
            lambda: any("is sent." in worker.said() for worker in workers),
            f"the letter:\n{[worker.said()[-500:] for worker in workers]}",
            seconds,
        )

    def leave(self, first, last, step=1):
        """Readers leave, one after the other; when each of them had, in seconds."""
        program = _LEAVE.format(first=first, last=last, step=step)
        lines = run(self.site, program).split("\n")
        return {one.split()[0]: float(one.split()[1]) for one in lines if one}


def kill_at_random(worker, server, kills, readers):
    """Kill ``worker`` so often while it sends, and start it again each time."""
    for number in range(kills):
        # Somewhere in the next part of the letter, with enough left for the kills to come.
        part = max(2, (readers - len(server.taken)) // (kills - number + 1))
        server.wait_for(len(server.taken) + random.randint(1, part))
        time.sleep(random.uniform(0, 0.004))
        worker.kill()
        worker.launch()


def check(letter, *, repeats):
    """Everybody has it, at most ``repeats`` twice, and the ledger says just that."""
    taken = letter.server.taken
    times = Counter(taken)
    found = letter.look()
    assert found["state"] == "sent"
    assert {state for state, *_ in found["ledger"]} == {"sent"}
    wanted = {f"confirmed{n}@example.org" for n in range(letter.readers)}
    assert set(letter.server.addresses) == wanted
    # The ledger equals the mailbox; a repeat has the Message-ID of the first.
    assert {(email, name) for _, email, name, _ in found["ledger"]} == set(times)
    assert len(times) == letter.readers
    assert len(taken) - len(times) <= repeats
    return len(taken) - len(times)


_folders = count(1)


def make_worker(folder, server, **environment):
    """A worker with a folder and settings of its own."""
    from tests.faults.conftest import FIXED

    return Worker(
        folder / f"machine{next(_folders)}",
        smtp_port=server.port,
        **FIXED | environment,
    )


def in_background(do, *arguments):
    """``do`` in a thread; call what is returned for its answer."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(do(*arguments)))
    thread.start()

    def answer():
        thread.join(120)
        return answers[0]

    return answer
