"""The conversation as HTML, written without a template.

For a hundred comments one takes ten times as long, which was half of what making a page took.
"""

from html import escape, unescape  # Django's asks of each text whether it is lazy

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext

from comments.initials import initials
from comments.thread import Shown, ThreadPage

_PINNED_LENGTH = 140


def list_of(comments: list[Shown], *, base: str, is_open: bool) -> SafeString:
    """The comments as nested lists; ``base`` is the article's address."""
    if not comments:
        return mark_safe("")
    html = ['<ol class="thread">']
    below = [one.level for one in comments[1:]] + [0]
    write = _Writer(escape(base), is_open).write
    for comment, following in zip(comments, below, strict=True):
        html.append(f"<li>{write(comment)}")
        if following > comment.level:
            html.append('<ol class="thread">')
        else:
            html.append("</li>" + "</ol></li>" * (comment.level - following))
    return mark_safe("\n".join([*html, "</ol>"]))  # noqa: S308  (escaped by the writer)


def pinned_of(page: ThreadPage) -> SafeString:
    """Where the pinned comments stand, as items of a list: the comments stand there alone."""
    here = {one.pk for one in page.comments if not one.is_elsewhere}
    by = gettext("Comment by %(name)s")
    items = []
    for one in page.pinned:
        place = f"#comment-{one.pk}" if one.pk in here else escape(_place(one))
        words = Truncator(unescape(strip_tags(one.html)).strip()).chars(_PINNED_LENGTH)
        items.append(
            f'<li><a href="{place}">{escape(by % {"name": one.name})}</a>'
            f'<p dir="auto">{escape(words)}</p></li>'
        )
    return mark_safe("\n".join(items))  # noqa: S308  (escaped above)


def alone(
    name: str, html: str, *, note: str = "", state: str = "", heading: str = "h2"
) -> SafeString:
    """One comment by itself, as it looks in the thread: ``html`` is safe, the rest is plain."""
    badge = f' <span class="badge">{escape(note)}</span>' if note else ""
    return mark_safe(  # noqa: S308
        f'<article class="comment {state}">\n<header>{_who(name, heading)}{badge}</header>\n'
        f"{html}</article>"
    )


def _who(name: str, heading: str = "h3", id_: str = "") -> str:
    return (
        f'<span class="initials" aria-hidden="true">{escape(initials(name))}</span>'
        f'<{heading}{id_}><bdi class="who">{escape(name)}</bdi></{heading}>'
    )


def _place(one: Shown) -> str:
    """The page of the thread that begins with the comment, seen from any other."""
    return f"?comments={one.conversation}&answers={one.pk}#comment-{one.pk}"


class _Writer:
    """Writes one comment; the words that are the same in all are looked up once."""

    def __init__(self, base: str, is_open: bool) -> None:
        self.base, self.is_open = base, is_open
        self.removed = escape(gettext("This comment was removed."))
        self.editor = escape(gettext("editor"))
        self.reply, self.report = escape(gettext("Reply")), escape(gettext("Report"))
        self.reply_to = gettext("Reply to %(name)s")
        self.report_of = gettext("Report the comment by %(name)s")
        self.edited_on = gettext("edited on %(day)s")
        self.elsewhere = escape(gettext("continued from another page"))
        self.elsewhere_of = gettext("continued from another page: comment by %(name)s")

    def write(self, one: Shown) -> str:
        key = f"comment-{one.pk}"
        if one.is_removed:
            return (
                f'<div class="comment is-gone" id="{key}"><p>{self.removed}</p></div>'
            )
        if one.is_elsewhere:
            return self._context(one)
        who = _who(one.name, id_=f' id="by-{one.pk}"')
        return (
            f'<article class="comment" id="{key}" aria-labelledby="by-{one.pk}">\n'
            f'<header>{who}{self._badges(one)} <a href="#{key}">'
            f'<time datetime="{one.iso}">{escape(one.date)}</time></a>{self._edited(one)}'
            f"</header>\n{one.html}\n{self._links(one)}</article>"
        )

    def _context(self, one: Shown) -> str:
        # Not counted here, and no place to go to: it has its own on another page.
        label = escape(self.elsewhere_of % {"name": one.name})
        return (
            f'<div class="comment is-elsewhere">\n<header>{_who(one.name)} '
            f'<a class="badge" href="{escape(_place(one))}" aria-label="{label}">'
            f"{self.elsewhere}</a></header>\n{one.html}</div>"
        )

    def _badges(self, one: Shown) -> str:
        html = f' <span class="badge">{self.editor}</span>' if one.is_staff else ""
        if one.about:
            url = f"{self.base}media/{one.media}/"
            html += f' <a class="badge" href="{url}"><bdi>{escape(one.about)}</bdi></a>'
        return html

    def _edited(self, one: Shown) -> str:
        if not one.edited:
            return ""
        day = escape(self.edited_on % {"day": one.edited})
        return f' <span class="badge">{day}</span>'

    def _links(self, one: Shown) -> str:
        html = ""
        if self.is_open:
            label = escape(self.reply_to % {"name": one.name})
            html = (
                f'<a class="reply" href="{self.base}comments/?parent={one.pk}" '
                f'aria-label="{label}">{self.reply}</a> '
            )
        label = escape(self.report_of % {"name": one.name})
        return (
            f'{html}<a class="reply" href="{self.base}comments/{one.pk}/report/" '
            f'aria-label="{label}">{self.report}</a>'
        )
