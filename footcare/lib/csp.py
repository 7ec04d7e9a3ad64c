"""A content security policy as a header; the site's own is in the settings."""

from collections.abc import Iterable, Mapping


def header(policy: Mapping[str, Iterable[str]]) -> str:
    """``policy``, sources by directive, as the value of Content-Security-Policy."""
    return "; ".join(" ".join([name, *sources]) for name, sources in policy.items())
