"""How a program reads the site: its feeds, and the heads of its pages."""

import json
from html.parser import HTMLParser

import feedparser

FORMS = ["rss", "atom", "json"]
# What an author or a reader may have typed, and no form of a feed may trip over.
HARD_TEXTS = [
    "]]> <![CDATA[ &amp; &lt; &nonsense; <b>",
    "</content></entry></feed></item></channel>",
    "\x00\x0b\x1f\x7f\x85\ufffe\uffff\u2028\u2029".replace("\x00", ""),
    "👣 👩🏽‍⚕️ \U0001fae9",
    "שלום עולם \u202e abc \u2066",
    "\"quotes\" 'and' <?xml version='9'?> {{ braces }} %s %(name)s",
    "line\r\nline\rline",
]


def read(client, address):
    """A feed of any form as one shape; a form that is not well-formed fails here."""
    response = client.get(address)
    assert response.status_code == 200
    if address.endswith(".json"):
        return _read_json(json.loads(response.content))
    found = feedparser.parse(
        response.content, sanitize_html=False, resolve_relative_uris=False
    )
    assert not found.bozo, found.get("bozo_exception")
    return {
        "title": found.feed.title,
        "url": found.feed.link,
        "self": next(one.href for one in found.feed.links if one.rel == "self"),
        "language": found.feed.language,
        "entries": [_entry(one) for one in found.entries],
    }


def only_entry(client, address):
    (entry,) = read(client, address)["entries"]
    return entry


def _entry(one):
    return {
        "id": one.id,
        "url": one.link,
        "title": one.title,
        "html": one.content[0].value,
        "author": one.author,
        "summary": one.get("summary", ""),
        "topics": [tag.term for tag in one.get("tags", [])],
        "count": int(one.get("slash_comments", one.get("thr_total", -1))),
        "comments": one.get("wfw_commentrss")
        or next((link.href for link in one.links if link.rel == "replies"), None),
    }


def _read_json(found):
    return {
        "title": found["title"],
        "url": found["home_page_url"],
        "self": found["feed_url"],
        "language": found["language"],
        "entries": [
            {
                "id": one["id"],
                "url": one["url"],
                "title": one["title"],
                "html": one["content_html"],
                "author": one["authors"][0]["name"],
                "summary": one.get("summary", ""),
                "topics": one.get("tags", []),
                "count": one.get("_comments", {}).get("count", -1),
                "comments": one.get("_comments", {}).get("feed_url"),
            }
            for one in found["items"]
        ],
    }


class Head(HTMLParser):
    def __init__(self):
        super().__init__()
        self.metas, self.links, self.data, self.inside = {}, [], [], False

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "meta" and "content" in values:
            name = values.get("property") or values.get("name")
            assert name not in self.metas or name in {"theme-color", "article:tag"}
            self.metas[name] = values["content"]
        if tag == "link":
            self.links.append(values)
        self.inside = values.get("type") == "application/ld+json"
        if self.inside:
            self.data.append("")

    def handle_data(self, data):
        if self.inside:
            self.data[-1] += data

    def handle_endtag(self, tag):
        self.inside = False

    def link(self, rel):
        return [one["href"] for one in self.links if one["rel"] == rel]


def head_of(client, path):
    head = Head()
    html = client.get(path).content.decode()
    head.feed(html.partition("<body>")[0])
    return head


def nodes_of(client, path):
    (text,) = head_of(client, path).data
    graph = json.loads(text)
    assert graph["@context"] == "https://schema.org"
    nodes = {node["@type"]: node for node in graph["@graph"]}
    assert len(nodes) == len(graph["@graph"])
    return nodes
