"""Where things of a letter are in the admin."""

from django.urls import reverse

from subscriptions.models import Delivery, Letter


def desk_url(letter: Letter) -> str:
    return reverse("admin:subscriptions_letter_desk", args=[letter.pk])


def send_url(letter: Letter) -> str:
    """The page that asks once more."""
    return reverse("admin:subscriptions_letter_send", args=[letter.pk])


def ledger_url(letter: Letter, state: Delivery.State | None = None) -> str:
    """The deliveries of ``letter``, those in one ``state`` or all."""
    state_query = f"&state__exact={state}" if state else ""
    base = reverse("admin:subscriptions_delivery_changelist")
    return f"{base}?letter={letter.pk}{state_query}"
