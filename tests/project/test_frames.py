import json

from footcare.lib.frames import Frame, hole


def test_a_frame_is_filled_in_html_and_in_json_alike():
    text = f"<p>{hole('a')}, {hole('b')}</p>" + json.dumps({"n": hole("a")})

    frame = Frame(text, "a", "b")

    assert frame.filled({"a": "1", "b": "<b>2</b>"}) == '<p>1, <b>2</b></p>{"n": 1}'
    assert frame.filled({"a": "3", "b": ""}) == '<p>3, </p>{"n": 3}'


def test_nothing_that_is_filled_in_is_taken_for_a_hole():
    frame = Frame(f"{hole('a')}-{hole('b')}", "a", "b")

    assert frame.filled({"a": str(hole("b")), "b": "x"}) == f"{hole('b')}-x"


def test_a_frame_may_have_no_hole():
    assert Frame("just text", "a").filled({}) == "just text"
