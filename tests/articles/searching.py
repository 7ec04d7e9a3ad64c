"""What the tests of the search ask of the database."""

from django.db import connection

from articles import search_index
from articles.search import search


def wrong():
    return search_index.rebuild(repair=False, thorough=True)


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def finds(*words):
    return [search(word).count for word in words]
