import pytest
from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application

from comments import thread
from footcare.door import Door
from footcare.page_cache import PageCache
from tests.project.steps import PASSWORD
from tests.project.wording import fill_with_numbers, set_in_brackets


@pytest.fixture
def owner(db):
    return User.objects.create_superuser("Owner", password=PASSWORD)


class Counting:
    """The site behind the cache, and what it was asked to make."""

    def __init__(self):
        self.application = Door(get_wsgi_application())
        self.made = []

    def __call__(self, environ, start_response):
        self.made.append(environ["PATH_INFO"])
        return self.application(environ, start_response)


@pytest.fixture
def django():
    return Counting()


@pytest.fixture
def cache(django, site, _one_connection):
    return PageCache(django, 8 * 2**20)


@pytest.fixture
def numbers(db, monkeypatch):
    """A site in which every word comes from a catalogue, and is seen to."""
    set_in_brackets(monkeypatch)
    thread._day.cache_clear()
    yield fill_with_numbers()
    thread._day.cache_clear()
