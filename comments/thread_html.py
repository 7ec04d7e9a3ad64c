"""The conversation as HTML, written without a template.

For a hundred comments one takes ten times as long, which was half of what making a page took.
"""

from collections.abc import Callable
from html import escape  # Django's asks of each text whether it is lazy

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from comments.thread import Shown


def list_of(comments: list[Shown], *, answers: str) -> SafeString:
    """The comments as nested lists; ``answers`` is the address to answer at, "" if none."""
    if not comments:
        return mark_safe("")
    html = ['<ol class="thread">']
    below = [one.level for one in comments[1:]] + [0]
    write = _writer(answers)
    for comment, following in zip(comments, below, strict=True):
        html.append(f"<li>{write(comment)}")
        if following > comment.level:
            html.append('<ol class="thread">')
        else:
            html.append("</li>" + "</ol></li>" * (comment.level - following))
    return mark_safe("\n".join([*html, "</ol>"]))  # noqa: S308  (escaped by the writer)


def _writer(answers: str) -> Callable[[Shown], str]:
    """Writes one comment; the words that are the same in all are looked up once."""
    removed, editor = gettext("This comment was removed."), gettext("editor")
    reply, reply_to = gettext("Reply"), gettext("Reply to %(name)s")
    removed, editor, reply = map(escape, (removed, editor, reply))
    answers = escape(answers)
    edited_on = escape(gettext("edited"))

    def edited(one: Shown) -> str:
        if not one.edited:
            return ""
        return f' <span class="badge" title="{escape(one.edited)}">{edited_on}</span>'

    def write(one: Shown) -> str:
        key = f"comment-{one.pk}"
        if one.is_removed:
            return f'<div class="comment is-gone" id="{key}"><p>{removed}</p></div>'
        if one.is_elsewhere:
            # Not counted here, and no place to go to: it has its own on another page.
            return (
                f'<div class="comment is-elsewhere">\n<header><bdi class="who">'
                f"{escape(one.name)}</bdi></header>\n{one.html}</div>"
            )
        badges = f'<span class="badge">{editor}</span> ' if one.is_staff else ""
        if one.about:
            badges += f'<span class="badge">{escape(one.about)}</span> '
        answer = ""
        if answers:
            label = escape(reply_to % {"name": one.name})
            answer = (
                f'<a class="reply" href="{answers}?parent={one.pk}" '
                f'aria-label="{label}">{reply}</a>'
            )
        return (
            f'<div class="comment" id="{key}">\n<header>'
            f'<bdi class="who">{escape(one.name)}</bdi> {badges}<a href="#{key}">'
            f'<time datetime="{one.iso}">{escape(one.date)}</time></a>{edited(one)}</header>\n'
            f"{one.html}\n{answer}</div>"
        )

    return write
