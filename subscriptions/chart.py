"""Small charts, drawn from numbers alone: no script, no style, in the colour of the text."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT = 400, 190  # in units of the drawing
_TOP, _BOTTOM, _SIDE = 22, 24, 4
_GAP = 0.25  # of a bar's place
_WIDEST = 28  # so that the only one is still a bar


@dataclass(frozen=True)
class Words:
    """What a chart says to whoever does not see it. ``name`` is its own on the page."""

    name: str
    title: str
    description: str


def line(words: Words, labels: Sequence[str], values: Sequence[int]) -> SafeString:
    """How ``values``, none below 0, went; "" for none at all."""
    if not values:
        return SafeString("")
    most = max(*values, 1)
    points = [
        (_place(number, len(values)), _height(value, most))
        for number, value in enumerate(values)
    ]
    x, y = points[-1]
    path = " ".join(f"{_one(x)},{_one(y)}" for x, y in points)
    drawing = format_html(
        '<polyline points="{}" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linejoin="round"/><circle cx="{}" cy="{}" r="3.5" fill="currentColor"/>',
        path, _one(x), _one(y),
    )  # fmt: skip
    return _frame(words, labels, most, _axis(_HEIGHT - _BOTTOM) + drawing)


def bars(
    words: Words, labels: Sequence[str], up: Sequence[int], down: Sequence[int] = ()
) -> SafeString:
    """A bar for each of ``up``; those of ``down`` hang below, fainter. "" for none at all."""
    if not up:
        return SafeString("")
    most, least = max(*up, 1), max([*down, 0])
    scale = (_HEIGHT - _TOP - _BOTTOM) / (most + least)
    zero = _TOP + most * scale
    place = (_WIDTH - 2 * _SIDE) / len(up)
    width = min((1 - _GAP) * place, _WIDEST)
    rows = [(n, zero - value * scale, value * scale, 1.0) for n, value in enumerate(up)]
    rows += [(n, zero, value * scale, 0.5) for n, value in enumerate(down)]
    drawing = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" fill="currentColor" '
        'fill-opacity="{}"/>',
        (
            (
                _one(_SIDE + (n + 0.5) * place - width / 2),
                _one(y),
                _one(width),
                _one(height),
                opacity,
            )
            for n, y, height, opacity in rows
            if height
        ),
    )
    return _frame(words, labels, most, _axis(zero) + drawing, least)


def _frame(
    words: Words, labels: Sequence[str], most: int, drawing: SafeString, least: int = 0
) -> SafeString:
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {width} {height}" '
        'aria-labelledby="{name}-title {name}-words">'
        '<title id="{name}-title">{title}</title><desc id="{name}-words">{words}</desc>'
        "{drawing}"
        '<g fill="currentColor" font-size="13">'
        '<text x="{side}" y="13">{most}</text>'
        '<text x="{side}" y="{foot}">{first}</text>'
        '<text x="{end}" y="{foot}" text-anchor="end">{last}</text>'
        '<text x="{end}" y="13" text-anchor="end">{least}</text>'
        "</g></svg>",
        width=_WIDTH,
        height=_HEIGHT,
        name=words.name,
        title=words.title,
        words=words.description,
        drawing=drawing,
        side=_SIDE,
        end=_WIDTH - _SIDE,
        foot=_HEIGHT - 5,
        most=f"↑ {number_format(most, force_grouping=True)}",
        least=f"↓ {number_format(least, force_grouping=True)}" if least else "",
        first=labels[0],
        last=labels[-1] if len(labels) > 1 else "",
    )


def _axis(y: float) -> SafeString:
    return format_html(
        '<path d="M{} {}H{}" stroke="currentColor" stroke-opacity="0.5"/>',
        _SIDE, _one(y), _WIDTH - _SIDE,
    )  # fmt: skip


def _one(number: float) -> str:
    """With one digit behind the point: more is not seen."""
    return f"{number:.1f}"


def _place(number: int, count: int) -> float:
    if count == 1:
        return _WIDTH / 2
    return _SIDE * 2 + number * (_WIDTH - 4 * _SIDE) / (count - 1)


def _height(value: int, most: int) -> float:
    return _TOP + (1 - value / most) * (_HEIGHT - _TOP - _BOTTOM)
