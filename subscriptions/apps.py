from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self) -> None:
        if settings.MAIL_PROVIDER:
            from subscriptions.bounces import providers  # what it needs is an extra

            providers.listen()
