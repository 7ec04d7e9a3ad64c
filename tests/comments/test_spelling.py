"""Words as rules see them, and what somebody may do to hide one."""

import pytest

from comments.scoring.hosts import hosts_in, without_disguise
from comments.scoring.patterns import compiled
from comments.scoring.spelling import Spelling


def found(value, text):
    return compiled(value).found_in(Spelling(text))


@pytest.mark.parametrize(
    "text",
    [
        "viagra",
        "VIAGRA!",
        "Cheap Viagra.",
        "(viagra)",
        "v.i.a.g.r.a",
        "V i a g r a",
        "v-i-a-g-r-a here",
        "v_i_a_g_r_a",
        "vi\u200bagra",
        "vi\u00adagra",
        "vi\u2060ag\ufeffra",
        "v\u0456agr\u0430",  # і and а are Cyrillic  # noqa: RUF003
        "\u03bd\u03b9agra",  # ν and ι are Greek  # noqa: RUF003
        "viágrà",
        "v1agra",
        "v1agr4",
        "\uff36\uff49\uff41\uff47\uff52\uff41",  # wide letters
        "\U0001d42f\U0001d422\U0001d41a\U0001d420\U0001d42b\U0001d41a",  # mathematical
        "https://viagra.example/",
        "best-viagra-online",
        "v\u0301\u0302i\u0301a\u0308g\u0323r\u0301a\u0300",
    ],
)
def test_a_word_is_found_in_any_case_and_disguise(text):
    assert found("viagra", text)
    assert found("ViÁgra", text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("press", "My WordPress site"),
        ("press", "pressing the thumb"),
        ("press", "expressed"),
        ("cialis", "He is a specialist, like all specialists."),
        ("rx", "Marx"),
        ("seo", "Seoul"),
        ("sex", "Essex and Sussex, unisex"),
        ("free spins", "free. Spins are extra"),
        ("free spins", "spins free"),
        ("arzt", "Der Zahnarzt"),
        ("bet", "better, alphabet, bed"),
        ("спам", "спамер"),
        ("visit my", "visit many"),
        ("usa", "u.s.a"),  # three letters with dots are an abbreviation
    ],
)
def test_a_word_is_not_found_inside_another(value, text):
    assert not found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("don't", "I DON\u2019T know"),
        ("free spins", "get FREE   spins!"),
        ("free spins", "free-spins"),
        ("strasse", "Straße"),
        ("grüße", "GRÜSSE"),
        ("казино", "Лучшее КАЗИНО тут"),
        ("微信", "加微信领取"),
        ("สล็อต", "เว็บสล็อตตรง"),
        ("24 7", "open 24/7"),
    ],
)
def test_a_phrase_is_found_as_people_write_it(value, text):
    assert found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("cur*", "It CURES all"),
        ("*pill", "the superpill"),
        ("*pill*", "superpills"),
        ("take <number> mg", "take 400mg now"),
        ("take <number> mg", "Take 0.5 mg"),
        ("take <number> iu", "take 5,000 IU"),
        ("buy … pills", "buy pills"),
        ("buy … pills", "buy the very best blue pills"),
        ("buy ... pills", "buy blue pills"),
        ("buy|order pills", "order pills"),
        ("no rx|prescription", "no prescription"),
        ("cures cancer -not", "It cures cancer."),
        ("cures cancer -not", "It was not easy. It cures cancer."),
        ("gone & asthma|gout", "My gout is gone"),
        ("gone & asthma|gout", "It is gone, my asthma"),
        ("<number> & aspirin", "I took aspirin, 3 of them"),
        ("<number>|half & aspirin", "An aspirin, or half of it"),
        ("heal* & *itis", "It healed my arthritis"),
        ("gone & asthma -not", "It is not bad. My asthma is gone."),
    ],
)
def test_a_pattern_finds(value, text):
    assert found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("cur*", "secure, accurate"),
        ("*pill", "pillow"),
        ("take <number> mg", "take some mg"),
        ("buy … pills", "buy one two three four five pills"),
        ("buy … pills", "We buy. No pills."),
        ("buy … pills", "I buy\nno pills"),
        ("cures cancer -not", "It does not say that it cures cancer."),
        ("gone & asthma|gout", "My gout. It is gone"),
        ("<number> & aspirin", "I took three aspirin"),
        ("gone & asthma -not", "My asthma is not gone"),
        ("gone & gout & now", "My gout is gone"),
    ],
)  # fmt: skip
def test_a_pattern_does_not_find(value, text):
    assert not found(value, text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("see https://Example.ORG/page?x=1", ["example.org"]),
        ("see example.org for more", ["example.org"]),
        ("www.example.unknown", ["www.example.unknown"]),
        ("http://example.unknown", ["example.unknown"]),
        ("[text](https://a.example.com)", ["a.example.com"]),
        ("[url=http://a.com]x[/url]", ["a.com"]),
        ("a.com b.net", ["a.com", "b.net"]),
        ("https://nhs.uk@evil.com/", ["evil.com"]),
        ("https://user:word@evil.com/", ["evil.com"]),
        ("https://b\u00fccher.example", ["xn--bcher-kva.example"]),
        ("https://xn--bcher-kva.example", ["xn--bcher-kva.example"]),
        ("jackpot . com", ["jackpot.com"]),
        ("jackpot[.]com, jackpot (dot) com", ["jackpot.com", "jackpot.com"]),
        ("jackpot dot com", ["jackpot.com"]),
        ("jack\u200bpot.com", ["jackpot.com"]),
        ("bit.ly/3x", ["bit.ly"]),
        ("t.me/x", ["t.me"]),
        ("http://192.0.2.7/x", ["192.0.2.7"]),
        ("My feet hurt.So I sat down.it was good.", []),
        ("e.g. or i.e. or 3.5 or U.S.A. or file.pdf or ...", []),
        ("I like it. In fact. No.", []),
        ("https://", []),
        ("a..com", []),
        ("write to ada@example.org", ["example.org"]),
    ],
)  # fmt: skip
def test_hosts_are_found_as_links_as_text_and_in_disguise(text, names):
    assert [host.name for host in hosts_in(without_disguise(text))] == names


def test_an_address_is_no_link():
    (host,) = hosts_in(without_disguise("ada (at) example (dot) org"))

    assert host.is_mail
    assert not hosts_in(without_disguise("https://a@example.org"))[0].is_mail
    assert host.domains == ["example.org", "org"]
