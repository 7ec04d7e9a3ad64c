from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")

    def ready(self) -> None:
        from articles import (
            addresses,
            checks,  # noqa: F401  (registers the system check)
            edition,
            entries,
            search_index,
            versioning,
        )
        from footcare.lib import triggers

        triggers.declare([*versioning.TRIGGERS, *addresses.TRIGGERS])
        triggers.declare(entries.TRIGGERS, repair=entries.rebuild)
        triggers.declare(search_index.TRIGGERS, repair=search_index.rebuild)
        triggers.declare(edition.TRIGGERS, repair=edition.move)
        triggers.keep_through_migrations(self)
