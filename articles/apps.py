from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        from articles import addresses, entries, versioning
        from footcare.lib import triggers

        triggers.declare([*versioning.TRIGGERS, *addresses.TRIGGERS])
        triggers.declare(entries.TRIGGERS, repair=entries.rebuild)
        triggers.keep_through_migrations(self)
