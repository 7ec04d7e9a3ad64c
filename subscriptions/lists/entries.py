"""A row of a file as somebody who may be written to, or as what speaks against it."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Topic
from footcare.lib.forms import MailField
from footcare.lib.text import clean_text
from subscriptions import addresses
from subscriptions.lists.reading import Layout, Role, Row
from subscriptions.lists.statuses import STATUSES, Says
from subscriptions.models import SendingSettings, Subscriber

# What exports have before a value that a table program would take for a formula.
_DISARMED = re.compile(r"'+[=+\-@\t\r\n]")
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,]+(\d{1,2}:\d{2}.*))?")
_PARTS = re.compile(r"[,;|]")


class Kind(TextChoices):
    """What becomes of a row."""

    NEW = "new", _("New")
    KNOWN = "known", _("Already on the list")
    ASKED = "asked", _("Signed up here and not confirmed yet: left to them")
    GONE = "gone", _("Left, bounced or erased here before: never brought back")
    SAYS_GONE = "says gone", _("Left or bounced, as the file says: never brought back")
    NOT_ON = "not on", _("Not confirmed or switched off, as the file says")
    REFUSED = "refused", _("Refused by your letter settings")
    TWICE = "twice", _("Twice in the file")
    INVALID = "invalid", _("Cannot be read")


@dataclass
class Entry:
    """What one row says."""

    line: int
    email: str
    kind: Kind = Kind.NEW
    why: str = ""
    says: Says = Says.ON
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None
    source: str = ""
    pace: str = Subscriber.Pace.EACH
    topics: set[int] = field(default_factory=set)


class Entries:
    """Makes entries of the rows of one file. It asks the database for nothing but the rules."""

    def __init__(self, layout: Layout) -> None:
        self.columns = layout.columns
        rules = SendingSettings.load()
        self.refuses_roles = rules.refuse_roles
        self.refused_domains = set(addresses.domains_in(rules.refused_domains))
        self.now = timezone.now()
        self._mail = MailField()
        # 64 bits of each address: a hundred thousand of them in full are another 10 MB.
        self._seen: set[int] = set()
        self._topics: dict[str, int] = {}
        for pk, slug, name in Topic.objects.values_list("pk", "slug", "name"):
            self._topics |= {slug.lower(): pk, name.lower(): pk}

    def of(self, row: Row) -> Entry:
        """``row`` as an entry, whose kind is NEW where nothing in the file speaks against."""
        entry = Entry(row.line, self._cell(row, Role.EMAIL))
        try:
            self._read(row, entry)
        except ValidationError as error:
            entry.kind, entry.why = Kind.INVALID, " ".join(error.messages)
        return entry

    def _read(self, row: Row, entry: Entry) -> None:
        _refuse_open_quotes(row)
        entry.email = self._mail.clean(entry.email)
        entry.says = self._says(row)
        if entry.says == Says.ON:
            entry.asked_at = self._moment(row, Role.ASKED)
            entry.confirmed_at = self._moment(row, Role.CONFIRMED)
            entry.source = " ".join(self._cell(row, Role.SOURCE).split())[:200]
            entry.topics = self._chosen(row)
            if (pace := self._cell(row, Role.PACE)) in Subscriber.Pace.values:
                entry.pace = pace
        entry.kind = self._kind(entry)

    def _kind(self, entry: Entry) -> Kind:
        # Known by its hash alone, as it is unlike another's once in a billion lists.
        known = hash(entry.email.lower())
        if known in self._seen:
            return Kind.TWICE
        self._seen.add(known)
        if entry.says == Says.NOT_ON:
            return Kind.NOT_ON
        if entry.says != Says.ON:
            return Kind.SAYS_GONE
        return Kind.REFUSED if self._is_refused(entry.email) else Kind.NEW

    def _is_refused(self, email: str) -> bool:
        is_role = self.refuses_roles and addresses.is_role(email)
        return is_role or addresses.is_refused(email, self.refused_domains)

    def _says(self, row: Row) -> Says:
        """The worst of what the columns say."""
        if self._cell(row, Role.BOUNCED):
            return Says.BOUNCED
        if self._cell(row, Role.LEFT):
            return Says.LEFT
        if Role.STATUS not in self.columns:
            return Says.ON
        word = self._cell(row, Role.STATUS)
        if word.lower() not in STATUSES:
            raise ValidationError(
                gettext("Nobody knows here what the status “%(word)s” means."),
                "status",
                {"word": word[:40]},
            )
        return STATUSES[word.lower()]

    def _chosen(self, row: Row) -> set[int]:
        words = [one.strip() for one in _PARTS.split(self._cell(row, Role.TOPICS))]
        named = [word.lower() for word in words if word]
        known = {self._topics[name] for name in named if name in self._topics}
        if named and not known:
            # Without a topic they would get letters about everything.
            raise ValidationError(
                gettext("There is no topic “%(words)s” here."),
                "topic",
                {"words": ", ".join(named)[:80]},
            )
        return known

    def _moment(self, row: Row, role: Role) -> datetime | None:
        words = self._cell(row, role)
        if not words:
            return None
        moment = _moment_in(words)
        if moment is None or moment > self.now:
            raise ValidationError(
                gettext("“%(words)s” is no past date; write it as 2024-05-31."),
                "date",
                {"words": words[:40]},
            )
        return moment

    def _cell(self, row: Row, role: Role) -> str:
        number = self.columns.get(role.value)
        if number is None or number >= len(row.cells):
            return ""
        cell = row.cells[number]
        return clean_text(cell[1:] if _DISARMED.match(cell) else cell)


def _refuse_open_quotes(row: Row) -> None:
    """A quotation mark that is not closed takes the people of the next lines with it."""
    others = any("@" in cell.partition("\n")[2] for cell in row.cells)
    if not row.cells or (row.last > row.line and others):
        raise ValidationError(
            gettext(
                "The lines %(first)d to %(last)d are one row: look whether each quotation "
                "mark is closed."
            ),
            "quotes",
            {"first": row.line, "last": row.last},
        )


def _moment_in(words: str) -> datetime | None:
    """The moment that ``words`` name; None for those that could mean several, or none."""
    if german := _GERMAN.fullmatch(words):
        day, month, year, clock = german.groups()
        words = f"{year}-{month:>02}-{day:>02}" + (f" {clock}" if clock else "")
    try:
        moment = parse_datetime(words) or _midnight(parse_date(words))
    except ValueError:
        return None
    if moment is None:
        return None
    # Those who write no time zone write UTC; the day is what matters.
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time()) if day else None
