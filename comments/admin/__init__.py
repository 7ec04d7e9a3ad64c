"""What moderators work with, one module a desk."""

from comments.admin import comment, reader

__all__ = ["comment", "reader"]
