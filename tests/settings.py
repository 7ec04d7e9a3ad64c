"""The site's own settings, with what tests need: a known key, quick hashes, no other .env."""

import os

os.environ["DOT_ENV"] = os.devnull
os.environ["SECRET_KEY"] = "a-key-for-tests-only-0123456789-0123456789"
os.environ["DEBUG"] = "0"
os.environ["SITE_URL"] = "http://testserver"
os.environ["SITE_LANGUAGE"] = "en"
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["FROM_EMAIL"] = "Footcare <letters@testserver>"
# TEST_CACHE_URL=redis://host:6379: each test process uses, and empties, one of 8 to 15.
if cache_url := os.environ.get("TEST_CACHE_URL"):
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["CACHE_URL"] = f"{cache_url}/{8 + number % 8}"
os.environ.setdefault("DATABASE_URL", "sqlite:////tmp/footcare-tests.sqlite3")

from footcare.settings import *  # noqa: F403
from footcare.settings import BASE_DIR, DATABASES, STATIC_ROOT, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# A file, not memory: the storms write to it from many processes.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # How long a writer waits in a storm is up to how busy the machine is.
    DATABASES["default"]["OPTIONS"]["timeout"] = 120
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "var" / "test.sqlite3"}
