"""One of several processes that try the same thing at once; prints how often it was let in.

Run as ``python -m tests.project.tries <who> <limit> <tries>``; it says "ready" and waits for
a line, so that all of them begin together.
"""

# ruff: noqa: E402  (what asks for settings comes after the set-up)

import sys

import django

django.setup()

from footcare.lib.throttle import remembers, retry_after

# The window that ends in 2033: none closes while the test runs.
WINDOW = 10**9


def main(who, limit, tries):
    remembers("test", who)  # the connection is there
    print("ready", flush=True)
    sys.stdin.readline()
    waits = [
        retry_after("test", who, limit=limit, seconds=WINDOW) for _ in range(tries)
    ]
    print(waits.count(0))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
