"""A bounded place in the process for what was costly to make."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    @property
    def size(self) -> int:
        """Bytes of memory, about."""


T = TypeVar("T", bound=Sized)


class Shelf(Generic[T]):
    """Things by key, of at most ``size`` bytes together; what was not asked for longest goes first."""

    def __init__(self, size: int) -> None:
        self.size, self.taken = size, 0
        self._things: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> T | None:
        with self._lock:
            if found := self._things.get(key):
                self._things.move_to_end(key)
        return found[0] if found else None

    def put(self, key: Hashable, thing: T) -> None:
        """Keep ``thing``, in the place of another with this key; again when it has grown."""
        size = thing.size
        with self._lock:
            _, before = self._things.pop(key, (None, 0))
            self._things[key] = thing, size
            self.taken += size - before
            while self.taken > self.size:
                _, (_, gone) = self._things.popitem(last=False)
                self.taken -= gone
