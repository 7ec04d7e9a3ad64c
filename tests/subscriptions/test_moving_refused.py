"""A new address that will not do is refused with every word kept."""

import pytest

from subscriptions import limits
from subscriptions.models import Request
from tests.subscriptions.test_moving import NEW, ask_to_move, reader

__all__ = ["reader"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("nonsense", "invalid"),
        ("abuse@example.org", "role"),
        ("reader@mailinator.com", "throwaway"),
        ("READER@example.org", "unchanged"),
        ("reader@gmial.com", "typo"),
    ],
)
def test_an_address_that_will_not_do_is_refused_and_kept(client, reader, typed, code):
    response = ask_to_move(client, reader, typed)

    assert response.status_code == 422
    errors = response.context["move_form"].errors.as_data()["email"]
    assert [error.code for error in errors] == [code]
    html = response.content.decode()
    assert "<title>Error: " in html
    assert f'id="move-email" name="email" type="email" value="{typed}"' in html
    assert ('value="reader@gmail.com"' in html) == (code == "typo")
    assert not Request.objects.exists()


def test_a_slip_may_be_kept_here_too(client, reader):
    ask_to_move(client, reader, "r@gmial.com", offered="r@gmial.com")

    assert Request.objects.get().email == "r@gmial.com"


def test_a_robot_is_refused(client, reader):
    assert ask_to_move(client, reader, website="x").status_code == 422
    assert not Request.objects.exists()


def test_a_reader_asks_so_often_a_day(client, reader):
    for n in range(limits.MOVES_A_DAY):
        assert ask_to_move(client, reader, f"new{n}@example.net").status_code == 302

    response = ask_to_move(client, reader)

    assert response.status_code == 422
    assert "Please wait a day." in response.content.decode()
    assert NEW in response.content.decode()
    assert Request.objects.count() == limits.MOVES_A_DAY
