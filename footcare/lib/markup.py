"""Markdown to safe HTML: the only place whose output a template may mark safe.

What an author may use and what a reader may use are told here, and nowhere else.
"""

import nh3
from markdown_it import MarkdownIt

# No raw HTML, no images, no typographic replacements: an author's characters stay as typed.
_markdown = MarkdownIt("zero").enable(
    [
        "newline", "escape", "entity", "emphasis", "link", "autolink",
        "heading", "list", "blockquote",
    ]
)  # fmt: skip
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "h2", "h3"}


def render_markdown(text: str) -> str:
    """Return ``text`` as HTML: paragraphs, lists, quotes, emphasis, links, h2 and h3.

    Links may lead to http, https, mailto or a place on this site; other addresses are
    dropped. A page has one h1, its title, so "#" makes an h2 and anything deeper an h3.
    """
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type.startswith("heading_"):
            token.tag = "h2" if token.tag in {"h1", "h2"} else "h3"
    return nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


# A reader's line end is meant; their "#" is no heading of our page.
_small = MarkdownIt("zero", {"breaks": True}).enable(
    [
        "newline", "escape", "entity", "emphasis", "link", "autolink", "backticks",
        "list", "blockquote",
    ]
)  # fmt: skip
_SMALL_TAGS = {
    "p", "br", "strong", "em", "code", "a", "ul", "ol", "li", "blockquote",
}  # fmt: skip


def render_small_markdown(text: str) -> str:
    """Return a reader's ``text`` as HTML: paragraphs, lists, quotes, emphasis, code, links.

    Links may lead to whole http and https addresses only, and tell search engines that nobody vouches for
    them. Each block takes its direction from its own words.
    """
    return nh3.clean(
        _small.render(text),
        tags=_SMALL_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="nofollow ugc noopener",
        set_tag_attribute_values={
            tag: {"dir": "auto"} for tag in ("p", "li", "blockquote")
        },
    )
