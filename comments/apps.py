from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    name = "comments"
    verbose_name = _("Comments")

    def ready(self) -> None:
        from comments import checks, counting  # noqa: F401  (registers the system check)
        from comments.triggers import TRIGGERS
        from footcare.lib import triggers

        triggers.declare(TRIGGERS, repair=counting.recount)
