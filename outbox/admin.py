from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from footcare.lib.admin import WatchedAdmin
from outbox.models import Message


@admin.register(Message)
class MessageAdmin(WatchedAdmin):
    """What was sent and what was not; nothing is written here."""

    list_display = ["subject", "to", "state", "attempts", "error", "due_at", "sent_at"]
    list_filter = ["state"]
    search_fields = ["to", "subject"]
    show_full_result_count = False
    fields = [
        "subject",
        "to",
        "state",
        "attempts",
        "error",
        "created_at",
        "due_at",
        "sent_at",
    ]
    actions = ["try_again"]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.change_message")

    @admin.action(
        description=_("Try selected failed messages again"), permissions=["retry"]
    )
    def try_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        failed = queryset.filter(state=Message.State.FAILED)
        count = failed.update(
            state=Message.State.QUEUED, attempts=0, due_at=timezone.now()
        )
        words = ngettext("%(count)d queued again.", "%(count)d queued again.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
