"""What a press of a button at a letter's desk does. Every change goes through `control`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from subscriptions.letters import control, preflight, seen
from subscriptions.letters.preview import post_test
from subscriptions.letters.recipients import recipients_of
from subscriptions.models import Letter

AHEAD = timedelta(days=366)  # nobody means a later moment


@dataclass
class Done:
    """What happened, in words; ``missed`` where nothing did, and why."""

    words: str = ""
    missed: str = ""


@dataclass
class Refused:
    """The page is shown again, under ``status``, with what stands against it."""

    words: list[str] = field(default_factory=list)
    form: "ScheduleForm | None" = None
    status: int = 422


class ScheduleForm(forms.Form):
    at = forms.DateTimeField(
        label=gettext_lazy("Day and time"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
        error_messages={
            "required": gettext_lazy("Choose a day and a time."),
            "invalid": gettext_lazy("Write a day and a time like 2030-12-31 09:00."),
        },
    )

    def clean_at(self) -> datetime:
        at, now = self.cleaned_data["at"], timezone.now()
        if at <= now:
            raise forms.ValidationError(_("That moment is past. Choose a later one."), "past")  # fmt: skip
        if at > now + AHEAD:
            raise forms.ValidationError(_("Choose a moment within a year."), "far")
        return at


def editor(request: HttpRequest) -> User:
    """Who works here; the admin lets nobody in who is not logged in."""
    return cast(User, request.user)


def decide(request: HttpRequest, letter: Letter) -> Done | Refused:
    """Do what was pressed."""
    name = request.POST.get("do", "")
    if name not in _PRESSES:
        raise Http404("No such button.")
    return _PRESSES[name](request, letter)


def send(request: HttpRequest, letter: Letter) -> Done | Refused:
    """Send ``letter`` as it was looked at."""
    readers = recipients_of(letter).count()
    stops = preflight.what_stops(preflight.look_at(letter, readers))
    if stops:
        return Refused([one.words for one in stops])
    try:
        if seen.queue(letter, request.POST.get("seen", "")):
            return Done(_("The letter is on its way."))
    except seen.ChangedError:
        return _changed()
    return missed(letter)


def missed(letter: Letter) -> Done:
    """Somebody else, or the worker, was quicker."""
    letter.refresh_from_db(fields=["state"])
    words = _("Nothing was done: the letter is “%(state)s” by now.")
    return Done(missed=words % {"state": letter.get_state_display()})


def _changed() -> Refused:
    words = _("The letter has changed since you looked at it. Look at it once more.")
    return Refused([words], status=409)


def _test(request: HttpRequest, letter: Letter) -> Done | Refused:
    to = editor(request).email
    if not to:
        return Refused(
            [_("Your account has no e-mail address, so a test cannot come.")]
        )
    if preflight.is_lost(letter):
        return Refused([_("The article of this letter has been deleted.")])
    post_test(letter, to)
    return Done(_("A test goes to %(address)s.") % {"address": to})


def _schedule(request: HttpRequest, letter: Letter) -> Done | Refused:
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return Refused(form=form)
    at = form.cleaned_data["at"]
    readers = recipients_of(letter).count()
    stops = preflight.what_stops(preflight.look_at(letter, readers, at))
    if stops:
        return Refused([one.words for one in stops], form)
    try:
        if not seen.schedule(letter, request.POST.get("seen", ""), at):
            return missed(letter)
    except seen.ChangedError:
        return _changed()
    moment = date_format(timezone.localtime(at), "DATETIME_FORMAT")
    return Done(_("The letter will be sent on %(moment)s.") % {"moment": moment})


def _resume(request: HttpRequest, letter: Letter) -> Done:
    if not letter.is_frozen:  # it would be sent unseen
        return Done(missed=_("Look at the letter once more, and send it from there."))
    if control.resume(letter):
        return Done(_("Sending goes on."))
    return missed(letter)


def _requeue(request: HttpRequest, letter: Letter) -> Done:
    count = control.requeue_failed(letter)
    if not count:
        return missed(letter)
    words = ngettext(
        "%(count)d delivery is tried again.",
        "%(count)d deliveries are tried again.",
        count,
    )
    return Done(words % {"count": count})


def _plainly(
    change: Callable[[Letter], bool], words: Any
) -> Callable[[HttpRequest, Letter], Done]:
    def press(request: HttpRequest, letter: Letter) -> Done:
        return Done(str(words)) if change(letter) else missed(letter)

    return press


_PRESSES: dict[str, Callable[[HttpRequest, Letter], Done | Refused]] = {
    "test": _test,
    "schedule": _schedule,
    "unschedule": _plainly(
        control.unschedule, gettext_lazy("The letter is a draft again.")
    ),
    "pause": _plainly(control.pause, gettext_lazy("Sending is paused.")),
    "resume": _resume,
    "cancel": _plainly(control.cancel, gettext_lazy("The letter is cancelled.")),
    "requeue": _requeue,
}
