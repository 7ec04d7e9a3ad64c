"""Feeds in the three forms that programs read: RSS 2.0, Atom and JSON Feed 1.1.

An app describes a feed once, as a :class:`Feed` of entries, and gets any of the three.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import register_converter, reverse
from django.urls.converters import StringConverter
from django.utils.feedgenerator import (
    Atom1Feed,
    Rss201rev2Feed,
    rfc3339_date,
)

from footcare.lib.caching import dated
from footcare.lib.links import absolute_url

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FormConverter(StringConverter):
    """The ending of a feed's address, ``<feed:form>``, which chooses the form."""

    regex = "rss|atom|json"


register_converter(FormConverter, "feed")


@dataclass(frozen=True)
class Person:
    name: str
    url: str = ""


@dataclass(frozen=True)
class Replies:
    """What was said about an entry; ``feed`` is an address without its ending."""

    count: int
    url: str
    feed: str


@dataclass(frozen=True)
class Entry:
    """One thing to read. ``key`` names it for ever, whatever its address becomes."""

    key: str
    url: str
    title: str
    html: str
    published: datetime
    updated: datetime
    author: Person
    summary: str = ""
    language: str = ""
    topics: Sequence[str] = ()
    replies: Replies | None = None
    answers: str = ""  # the key of what it replies to


@dataclass(frozen=True)
class Feed:
    """``address`` is where it is found, without its ending; ``url`` is the page it follows."""

    key: str
    title: str
    description: str
    url: str
    address: str
    icon: str
    author: Person
    updated: datetime
    entries: Sequence[Entry]


def feed_response(request: HttpRequest, feed: Feed, form: str) -> HttpResponse:
    """``feed`` in the form that was asked for."""
    if form == "json":
        text = json.dumps(_json_feed(feed), ensure_ascii=False, indent=1)
        response = HttpResponse(text, content_type="application/feed+json")
    else:
        generator = _generator(feed, form)
        response = HttpResponse(content_type=generator.content_type)
        generator.write(response, "utf-8")
    return dated(request, response, feed.updated)


def feed_address(name: str, *args: str) -> str:
    """Where the feed of that name stands, without its ending."""
    return absolute_url(reverse(name, args=[*args, "rss"])).removesuffix(".rss")


def tag(key: str) -> str:
    """An id (RFC 4151) that outlives every change of an article's address.

    The year only has to stay the same.
    """
    return f"tag:{settings.SITE_HOST},2026:{key}"


def _plain(text: str) -> str:
    """``text`` without the characters that XML has no way to write."""
    return _NOT_XML.sub("", str(text))


class _Rss(Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:slash": "http://purl.org/rss/1.0/modules/slash/",
            "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
        }

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        summary = item["description"] or None
        super().add_item_elements(handler, item | {"description": summary})
        handler.addQuickElement("content:encoded", item["html"])
        if replies := item["replies"]:
            handler.addQuickElement("slash:comments", str(replies.count))
            handler.addQuickElement("wfw:commentRss", f"{replies.feed}.rss")


class _Atom(Atom1Feed):
    def root_attributes(self) -> dict[str, str]:
        thread = {"xmlns:thr": "http://purl.org/syndication/thread/1.0"}
        return super().root_attributes() | thread

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("icon", self.feed["icon"])

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]} if item["language"] else {}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        # Django would call the summary HTML; here it is plain text.
        super().add_item_elements(handler, item | {"description": None})
        if item["description"]:
            handler.addQuickElement("summary", item["description"])
        handler.addQuickElement("content", item["html"], {"type": "html"})
        if item["answers"]:
            handler.addQuickElement("thr:in-reply-to", "", {"ref": item["answers"]})
        if replies := item["replies"]:
            count = str(replies.count)
            link = {
                "rel": "replies",
                "type": "application/atom+xml",
                "href": f"{replies.feed}.atom",
                "thr:count": count,
            }
            handler.addQuickElement("link", "", link)
            handler.addQuickElement("thr:total", count)


def _generator(feed: Feed, form: str) -> _Rss | _Atom:
    kind: type[_Rss] | type[_Atom] = _Rss if form == "rss" else _Atom
    generator = kind(
        title=_plain(feed.title),
        link=feed.url,
        description=_plain(feed.description),
        subtitle=_plain(feed.description),
        language=settings.LANGUAGE_CODE,
        author_name=_plain(feed.author.name),
        author_link=feed.author.url,
        feed_url=f"{feed.address}.{form}",
        feed_guid=tag(feed.key),
        icon=feed.icon,
        updated=feed.updated,
    )
    for entry in feed.entries:
        generator.add_item(
            title=_plain(entry.title),
            link=entry.url,
            description=_plain(entry.summary),
            author_name=_plain(entry.author.name),
            author_link=entry.author.url or None,
            pubdate=entry.published,
            updateddate=entry.updated,
            comments=entry.replies.url if entry.replies else None,
            unique_id=tag(entry.key),
            unique_id_is_permalink=False,
            categories=[_plain(topic) for topic in entry.topics],
            html=_plain(entry.html),
            language=entry.language,
            replies=entry.replies,
            answers=entry.answers and tag(entry.answers),
        )
    return generator


def _json_feed(feed: Feed) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _plain(feed.title),
        "home_page_url": feed.url,
        "feed_url": f"{feed.address}.json",
        "description": _plain(feed.description),
        "icon": feed.icon,
        "authors": [_json_person(feed.author)],
        "language": settings.LANGUAGE_CODE,
        "items": [_json_item(entry) for entry in feed.entries],
    }


def _json_item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": tag(entry.key),
        "url": entry.url,
        "title": _plain(entry.title),
        "content_html": _plain(entry.html),
        "date_published": rfc3339_date(entry.published),
        "date_modified": rfc3339_date(entry.updated),
        "authors": [_json_person(entry.author)],
    }
    if entry.summary:
        item["summary"] = _plain(entry.summary)
    if entry.language:
        item["language"] = entry.language
    if entry.topics:
        item["tags"] = [_plain(topic) for topic in entry.topics]
    if replies := entry.replies:
        item["_comments"] = {
            "count": replies.count,
            "url": replies.url,
            "feed_url": f"{replies.feed}.rss",
        }
    return item


def _json_person(person: Person) -> dict[str, str]:
    named = {"name": _plain(person.name)}
    return named | {"url": person.url} if person.url else named
