"""Made-up requests to every address: none is an error of ours, none gets more than a page.

`make test` sends the same few hundred to each group of addresses, `make slow` ten thousand
others each time and says what they cost.
"""

import gc
import itertools
from collections import Counter
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.hostile.asking import (
    FORM,
    GROUPS,
    QUERIES,
    addresses,
    field_names,
    pairs,
    requests,
)
from tests.hostile.serving import Answer, Sent, faults, send

OFTEN = 300
SLOW_ROUNDS, A_ROUND = 10, 1000
quick = settings(
    max_examples=OFTEN, derandomize=True, database=None, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def send_and_forget(request: Sent) -> Answer:
    """Nothing that a request writes is there for the next one."""
    with transaction.atomic():
        answer = send(request)
        transaction.set_rollback(True)
    return answer


def test_every_address_is_asked():
    assert {"admin", "articles", "comments", "footcare", "subscriptions"} <= set(GROUPS)
    assert len(list(addresses())) > 80
    assert {"name", "email", "body", "parent", "website", "q", "topics"} <= set(field_names())  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_no_strangers_request_is_an_error_of_ours(tokens, group):
    statuses = Counter()

    @quick
    @given(request=requests(group, tokens))
    def asked(request):
        answer = send_and_forget(request)
        statuses[answer.status] += 1
        assert faults(request, answer) == [], request

    asked()
    print(group, dict(sorted(statuses.items())))
    # Not all were turned away at the door.
    assert statuses.keys() & {200, 302, 404, 405}


def test_nothing_the_owner_types_into_an_address_or_a_form_is_an_error(
    tokens, owners_cookie
):
    """Logged in, and with the token that the admin's forms ask for."""
    statuses = Counter()
    token = "csrfmiddlewaretoken=" + "t" * 32

    @quick
    @given(
        request=requests("admin", tokens),
        query=pairs(QUERIES),
        form=pairs([*field_names(), "action", "_selected_action", "index", "post"]),
        is_post=st.booleans(),
    )
    def asked(request, query, form, is_post):
        method = "POST" if is_post else "GET"
        body = f"{token}&{form}".encode() if is_post else b""
        environ = {"HTTP_COOKIE": owners_cookie, "CONTENT_TYPE": FORM}
        sent = Sent(method, request.path, query, body, environ)
        answer = send_and_forget(sent)
        statuses[answer.status] += 1
        assert answer.status < 500, sent
        wrong = [one for one in faults(sent, answer) if not one.startswith("cookies")]
        assert wrong == [], sent

    asked()
    print("the owner", dict(sorted(statuses.items())))
    assert statuses[200] > OFTEN / 10


@pytest.mark.slow
def test_ten_thousand_strangers_change_neither_pace_nor_memory(tokens):
    statuses, slowest, memory = Counter(), [], [resident()]
    wrong = []
    for number, group in zip(range(SLOW_ROUNDS), itertools.cycle(GROUPS), strict=False):

        @seed(number)
        @settings(quick, max_examples=A_ROUND, derandomize=False)
        @given(request=requests(group, tokens))
        def asked(request):
            answer = send_and_forget(request)
            statuses[answer.status] += 1
            slowest.append((answer.seconds, request))
            slowest.sort(key=lambda one: one[0], reverse=True)
            del slowest[5:]
            if found := faults(request, answer):
                wrong.append((found, request))

        asked()
        gc.collect()
        memory.append(resident())

    print("statuses", dict(sorted(statuses.items())), "in all", statuses.total())
    for seconds, request in slowest:
        print(f"{seconds * 1000:.0f} ms of CPU: {request}")
    print("resident MiB after each thousand", [round(one) for one in memory])
    assert wrong == []
    assert statuses.total() >= SLOW_ROUNDS * A_ROUND * 0.95
    assert slowest[0][0] < 2
    # Each group has been asked once by the half; from then on nothing is new.
    assert memory[-1] - memory[len(memory) // 2] < 10


def resident() -> float:
    """MiB of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20
