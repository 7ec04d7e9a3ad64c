from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from footcare.lib import triggers


@register(Tags.database)
def counting_triggers_stand(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Runs in `migrate` and in `check --database default`."""
    return [
        Error(
            f"The database lacks triggers that keep comments_count: {', '.join(names)}.",
            hint="Run `manage.py recount_comments`: it puts them back and mends the counts.",
            id="comments.E001",
        )
        for database in databases or []
        if (names := triggers.missing(database))
    ]
