"""Markdown to safe HTML: the only place whose output a template may mark safe."""

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
