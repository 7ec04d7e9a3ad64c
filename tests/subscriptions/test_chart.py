"""A chart is drawn from numbers, and says in words what it shows."""

from xml.etree import ElementTree as ET

import pytest

from subscriptions.chart import Words, bars, line

WORDS = Words("size", "Size <of> the list", "From 1 & up")


def drawn(svg):
    """The drawing, as an XML reader has it."""
    return ET.fromstring(svg)


def heights(svg):
    return [float(one.get("height")) for one in drawn(svg).iter("rect")]


def test_it_says_what_it_shows():
    root = drawn(line(WORDS, ["a", "b"], [1, 2]))

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "size-title size-words"
    assert root.find("title").text == "Size <of> the list"
    assert root.find("desc").text == "From 1 & up"
    assert [one.text for one in root.iter("text")] == ["↑ 2", "a", "b", None]


@pytest.mark.parametrize("draw", [line, bars])
def test_it_has_no_colour_style_or_script_of_its_own(draw):
    svg = draw(WORDS, ["a", "b"], [1, 2])

    assert "currentColor" in svg
    for forbidden in ("style", "<script", "#", " on", "href"):
        assert forbidden not in svg.replace("xmlns", "")


def test_a_larger_number_is_higher():
    (path,) = drawn(line(WORDS, list("abc"), [0, 5, 10])).iter("polyline")
    points = [tuple(map(float, one.split(","))) for one in path.get("points").split()]

    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert points[0][1] > points[1][1] > points[2][1]
    assert points[1][1] == pytest.approx((points[0][1] + points[2][1]) / 2)


def test_bars_are_as_long_as_their_numbers():
    up = heights(bars(WORDS, list("ab"), [10, 5]))
    both = heights(bars(WORDS, list("ab"), [10, 5], [5, 0]))

    assert up[0] == pytest.approx(2 * up[1], abs=0.2)
    assert both[0] == pytest.approx(2 * both[2], abs=0.2)
    assert len(both) == 3  # nothing is drawn for 0


@pytest.mark.parametrize("values", [[0], [0, 0], [7], [10**9, 1], [1] * 200])
@pytest.mark.parametrize("draw", [line, bars])
def test_any_numbers_stay_inside_the_frame(draw, values):
    root = drawn(draw(WORDS, [str(n) for n in range(len(values))], values))

    width, height = map(float, root.get("viewBox").split()[2:])
    for one in root.iter("rect"):
        assert float(one.get("x")) + float(one.get("width")) <= width
        assert float(one.get("y")) + float(one.get("height")) <= height
    for one in root.iter("polyline"):
        for point in one.get("points").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height


@pytest.mark.parametrize("draw", [line, bars])
def test_no_numbers_are_no_chart(draw):
    assert draw(WORDS, [], []) == ""
