from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register

from footcare.lib import triggers


@register(Tags.database)
def counting_triggers_stand(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Runs in `migrate` and in `check --database default`.

    A warning: `migrate` itself puts them back, and an error would keep it from running.
    """
    return [
        Warning(
            "The database lacks triggers that keep counts, lists and the search: "
            f"{', '.join(names)}.",
            hint="Run `manage.py migrate` or `manage.py recount_comments`: both put them back "
            "and mend what they keep.",
            id="comments.W001",
        )
        for database in databases or []
        if (names := triggers.missing(database))
    ]
