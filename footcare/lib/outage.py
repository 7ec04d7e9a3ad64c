"""Which errors are the database's own trouble and pass, and which are mistakes of ours."""

from django.db import InterfaceError, InternalError, OperationalError

_READ_ONLY = "25006"  # PostgreSQL, while it is told to write nothing or is a standby


def is_outage(error: BaseException | None) -> bool:
    """Whether the database is away, locked for too long, out of room or read-only."""
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "sqlstate", None) == _READ_ONLY
    return isinstance(error, OperationalError | InterfaceError)
