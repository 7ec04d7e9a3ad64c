from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from footcare.lib.admin import ReadOnlyAdmin
from subscriptions.models import Bounce, Letter


@admin.register(Bounce)
class BounceAdmin(ReadOnlyAdmin):
    """What came back. Nothing is changed or deleted here: a report counts once."""

    list_display = ["at", "kind", "status", "words", "letter", "subscriber"]
    list_filter = ["kind"]
    list_select_related = ["delivery__letter", "subscriber"]
    date_hierarchy = "at"
    show_full_result_count = False
    fields = ["at", "kind", "status", "words", "letter", "subscriber", "source"]

    @admin.display(description=_("letter"))
    def letter(self, bounce: Bounce) -> Letter | str:
        letter = bounce.delivery and bounce.delivery.letter
        return letter or self.get_empty_value_display()
