"""What the letters of an address tell: a slip, an office, one that is thrown away."""

import pytest

from subscriptions import addresses
from subscriptions.models import Request, SendingSettings
from tests.factories import make_subscriber
from tests.subscriptions.steps import ask


def settle(**values):
    SendingSettings.objects.update_or_create(pk=1, defaults=values)


def code_of(response):
    return [error.code for error in response.context["form"].errors.as_data()["email"]]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("GMAILL.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yahooo.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("t-onlin.de", "t-online.de"),
        ("yahoo.co.ukk", "yahoo.co.uk"),
    ],
)
def test_a_slip_in_a_well_known_domain_is_seen(typed, meant):
    assert addresses.meant_by(f"Reader+feet@{typed}") == f"Reader+feet@{meant}"


@pytest.mark.parametrize(
    "domain",
    [
        *addresses.PROVIDERS,
        "example.org", "mail.com", "cloud.com", "email.com", "gmail.de", "yahoo.ca",
        "yahoo.com.br", "hotmail.be", "gmx.li", "web.dev", "live.ca", "oulook.org",
        "xn--gmal-nza.com", "a.b", "gmail", "",
    ],
)  # fmt: skip
def test_what_exists_is_no_slip(domain):
    assert addresses.meant_by(f"reader@{domain}") == ""


def test_a_slip_is_asked_about_once_and_nothing_typed_is_lost(client, site):
    response = ask(client, "Reader@gmial.com", topics=["massage"])

    assert (response.status_code, code_of(response)) == (422, ["typo"])
    html = response.content.decode()
    assert "Did you mean Reader@gmail.com?" in html
    assert 'value="Reader@gmial.com" autocomplete' in html
    assert 'value="massage" checked' in html
    assert '<button class="button" name="email" value="Reader@gmail.com">' in html
    assert "No, keep what I wrote" in html
    assert '<input type="hidden" name="offered" value="Reader@gmial.com">' in html
    assert not Request.objects.exists()

    kept = ask(client, "Reader@gmial.com", offered="Reader@gmial.com")

    assert kept.status_code == 302
    assert Request.objects.get().email == "Reader@gmial.com"


def test_what_was_meant_is_one_button(client, site):
    # As a browser sends it: the field first, then the button.
    response = client.post(
        "/subscribe/",
        {"offered": "r@gmial.com", "email": ["r@gmial.com", "r@gmail.com"]},
    )

    assert response.status_code == 302
    assert Request.objects.get().email == "r@gmail.com"


def test_a_mark_that_no_page_of_ours_sends_does_not_matter(client, site):
    response = ask(client, "r@gmial.com", offered="r@gmi\x00al.com")
    assert response.status_code == 302

    response = ask(client, "r@gmial.com", offered="\ud7ff" * 5000)
    assert code_of(response) == ["typo"]


def test_another_slip_is_asked_about_again(client, site):
    response = ask(client, "r@hotmial.com", offered="r@gmial.com")

    assert "Did you mean r@hotmail.com?" in response.content.decode()


@pytest.mark.parametrize(
    "name",
    ["postmaster", "ABUSE", "no-reply", "noreply", "do_not_reply", "root+x", "Mailer-Daemon"],
)  # fmt: skip
def test_an_office_is_refused_if_the_owner_wants_it_so(client, db, name):
    response = ask(client, f"{name}@example.org")

    assert (response.status_code, code_of(response)) == (422, ["role"])
    assert "is the address of an office" in response.content.decode()
    settle(refuse_roles=False)
    assert ask(client, f"{name}@example.org").status_code == 302


@pytest.mark.parametrize("name", ["info", "office", "praxis", "rooty", "noreplying"])
def test_where_a_small_house_reads_its_mail_is_no_office(client, db, name):
    assert ask(client, f"{name}@example.org").status_code == 302


@pytest.mark.parametrize(
    "domain", ["mailinator.com", "MAILINATOR.COM", "a.b.mailinator.com", "trashmail.de"]
)
def test_throw_away_addresses_are_refused(client, db, domain):
    response = ask(client, f"reader@{domain}")

    assert (response.status_code, code_of(response)) == (422, ["throwaway"])
    assert "soon thrown away" in response.content.decode()


def test_the_list_is_the_owners(client, db):
    settle(refused_domains="@Firma.example\n\n  *.bücher.example.\n..\n" + "x" * 300)

    assert ask(client, "reader@mailinator.com").status_code == 302
    for domain in ["firma.example", "mail.firma.example", "xn--bcher-kva.example"]:
        assert code_of(ask(client, f"reader@{domain}")) == ["throwaway"]
    for domain in ["notfirma.example", "example", "firma.example.org"]:
        assert ask(client, f"reader@a.{domain}").status_code == 302


def test_who_is_on_the_list_is_judged_like_anybody(client, db):
    for email in ["abuse@example.org", "reader@mailinator.com", "reader@gmial.com"]:
        strange = ask(client, email)
        make_subscriber(email=email, state="confirmed")
        known = ask(client, email)
        assert (known.status_code, known.content) == (422, strange.content)
