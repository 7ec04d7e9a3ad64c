"""Several workers and editors at the same moment, each with a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def at_once(*actions):
    """What each of ``actions`` returned, all begun together."""
    all_here = Barrier(len(actions))

    def run(action):
        try:
            all_here.wait(30)
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as threads:
        return [one.result() for one in [threads.submit(run, a) for a in actions]]
