"""One page of numbers, in the place of a list of the days' tallies."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from footcare.lib.admin import ReadOnlyAdmin
from subscriptions import chart, statistics
from subscriptions.models import Letter, Subscriber, Tally
from subscriptions.statistics import Numbers, Week

LETTERS = 20  # that are shown, the newest


@admin.register(Tally)
class TallyAdmin(ReadOnlyAdmin):
    """Counted as it happens; nobody changes it."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        states = statistics.by_state()
        weeks = statistics.weeks(states.get(Subscriber.State.CONFIRMED, 0))
        letters = list(
            Letter.objects.exclude(queued_at=None).order_by("-queued_at")[:LETTERS]
        )
        numbers = statistics.of(letters)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Statistics"),
            "opts": self.opts,
            "states": [
                (state.label, states.get(state, 0)) for state in Subscriber.State
            ],
            "weeks": weeks[::-1],
            "letters": [(letter, numbers[letter.pk]) for letter in letters],
            "size": _size(weeks),
            "movement": _movement(weeks),
            "sent": _sent([(one, numbers[one.pk]) for one in reversed(letters)]),
        }
        return TemplateResponse(
            request, "admin/subscriptions/tally/statistics.html", context
        )


def _size(weeks: list[Week]) -> SafeString:
    sizes = [week.size for week in weeks]
    words = chart.Words(
        "size",
        gettext("Size of the list"),
        gettext("Week by week, from %(first)s to %(last)s; at most %(most)s.")
        % {
            "first": _number(sizes[0]),
            "last": _number(sizes[-1]),
            "most": _number(max(sizes)),
        }
        if sizes
        else "",
    )
    return chart.line(words, _dates(weeks), sizes)


def _movement(weeks: list[Week]) -> SafeString:
    came, went = [week.came for week in weeks], [week.went for week in weeks]
    words = chart.Words(
        "movement",
        gettext("Who came and who went"),
        gettext("Week by week: bars up for those who came, %(came)s in all; bars down for those who went, %(went)s in all.")
        % {"came": _number(sum(came)), "went": _number(sum(went))},
    )  # fmt: skip
    return chart.bars(words, _dates(weeks), came, went)


def _sent(letters: list[tuple[Letter, Numbers]]) -> SafeString:
    sent = [numbers.sent for _letter, numbers in letters]
    lost = [numbers.failed + numbers.bounced for _letter, numbers in letters]
    words = chart.Words(
        "sent",
        gettext("What became of letters"),
        gettext("Letter by letter: bars up for what was sent, %(sent)s in all; bars down for what failed or came back, %(lost)s in all.")
        % {"sent": _number(sum(sent)), "lost": _number(sum(lost))},
    )  # fmt: skip
    dates = [_date(one.queued_at) for one, _numbers in letters]
    return chart.bars(words, dates, sent, lost)


def _dates(weeks: list[Week]) -> list[str]:
    return [_date(week.first) for week in weeks]


def _date(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)
