"""The site's own settings, with addresses at which it fails on purpose."""

from footcare.settings import *  # noqa: F403

ROOT_URLCONF = "tests.browser.urls"
