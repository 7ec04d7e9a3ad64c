"""What moderators work with, one module a desk."""

from comments.admin import comment

__all__ = ["comment"]
