"""Whether this process was asked to end: what takes long asks between two steps."""

import signal
import threading

asked = threading.Event()


def listen() -> None:
    """From now on SIGTERM and SIGINT ask, instead of ending in the middle of a step."""
    asked.clear()
    if threading.current_thread() is threading.main_thread():
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: asked.set())
