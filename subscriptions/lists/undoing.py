"""An import taken back: those go who are on the list by nothing else."""

from collections import Counter

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscriptions import tallies
from subscriptions.lists.importing import CHUNK
from subscriptions.models import Import, Subscriber

# Why somebody stays.
LEFT, BOUNCED, ASKED, CHANGED = "left", "bounced", "asked", "changed"
WORDS = {
    LEFT: _("they left, and stay known as having left"),
    BOUNCED: _("their letters came back, and they stay known for it"),
    ASKED: _("they have signed up themselves since"),
    CHANGED: _("they have changed their settings since"),
}


def undo(imported: Import) -> tuple[int, Counter[str]]:
    """Take off the list whom ``imported`` brought; return how many, and why others stay.

    Those who left or bounced stay as they are, so that they are not brought back; those who
    have changed their settings or signed up themselves since are here by their own will.
    """
    removed = 0
    while count := _remove(imported):
        removed += count
    stay = _why_they_stay(imported)
    Import.objects.filter(pk=imported.pk).exclude(state=Import.State.UNDONE).update(
        state=Import.State.UNDONE,
        content="",
        report={
            "counts": imported.report.get("counts", {}),
            "removed": removed,
            "stay": dict(stay),
        },
    )
    return removed, stay


def throw_away(imported: Import) -> None:
    """Forget a file that was only looked through; what it has brought already goes, too."""
    if imported.subscribers.exists():
        undo(imported)
    else:
        Import.objects.filter(pk=imported.pk, state=Import.State.CHECKED).delete()


@transaction.atomic
def _remove(imported: Import) -> int:
    # Locked: who leaves just now either leaves first, and stays as having left, or comes
    # after, and is gone.
    rows = _untouched(imported).select_for_update(of=("self",)).order_by("pk")
    pks = list(rows.values_list("pk", flat=True)[:CHUNK])
    Subscriber.objects.filter(pk__in=pks).delete()
    if pks:
        tallies.add("removed", len(pks))
    return len(pks)


def _untouched(imported: Import) -> QuerySet[Subscriber]:
    """Those who have done nothing themselves since."""
    return Subscriber.objects.on_list().filter(
        imported=imported,
        changed_at=None,
        asked_at__lte=imported.done_at or timezone.now(),
    )


def _why_they_stay(imported: Import) -> Counter[str]:
    of_state = {Subscriber.State.LEFT: LEFT, Subscriber.State.BOUNCED: BOUNCED}
    stay: Counter[str] = Counter()
    rows = Subscriber.objects.filter(imported=imported)
    for state, changed in rows.values_list("state", "changed_at"):
        stay[of_state.get(state, CHANGED if changed else ASKED)] += 1
    return stay
