"""Who stands for what is published: a person, or the site where nobody is named."""

from django.urls import reverse

from articles.models import Article, SiteSettings
from footcare.lib.feeds import Person
from footcare.lib.links import absolute_url


def publisher_of(site: SiteSettings) -> Person:
    return Person(site.publisher or site.name, absolute_url(reverse("articles:home")))


def author_of(article: Article, site: SiteSettings) -> Person:
    author = article.author
    if author is None:
        return publisher_of(site)
    return Person(author.name, absolute_url(author.get_absolute_url()))
