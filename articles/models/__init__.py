"""The written word as rows: an article, its parts, and the site around it."""

from articles.models.article import Article, Author, OldSlug, Topic, TopicEntry
from articles.models.note import Note
from articles.models.parts import Media, Point, Section
from articles.models.site import Hold, Page, SiteSettings
from articles.models.source import Source

__all__ = [
    "Article",
    "Author",
    "Hold",
    "Media",
    "Note",
    "OldSlug",
    "Page",
    "Point",
    "Section",
    "SiteSettings",
    "Source",
    "Topic",
    "TopicEntry",
]
