"""All settings, in one file. What a site owner may change comes from the environment.

`.env` beside manage.py is read first; a variable of the real environment wins over it.
README.md has the table of the variables.
"""

import os
import re
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


class OwnersEnv(environ.Env):
    """The environment; what cannot be read in it is one sentence that names it."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var} cannot be read: {error}.") from error


env = OwnersEnv()
_dot_env = Path(env.str("DOT_ENV", default=str(BASE_DIR / ".env")))
if _dot_env.exists() and not os.access(_dot_env, os.R_OK):
    raise ImproperlyConfigured(
        f"{_dot_env} belongs to somebody else and cannot be read."
    )
env.read_env(str(_dot_env))

DEBUG = env.bool("DEBUG", default=False)

SECRET_KEY = env.str("SECRET_KEY", default="only-for-development" if DEBUG else "")
if not DEBUG and (len(SECRET_KEY) < 32 or SECRET_KEY.startswith("django-insecure")):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing, shorter than 32 characters or a sample: put "
        "SECRET_KEY=<at least 32 random characters> into .env (`make run` does it for you)."
    )
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# What the site writes (database, kept mails) lies here; nothing in it is served.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))

# One address decides hosts, trusted origins, cookie security and the links in mail.
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
_site_url = env.str("SITE_URL", default=f"http://localhost:{PORT}")
SITE_URL = _site_url.rstrip("/")
try:
    _site = urlsplit(SITE_URL)
    _site_port = _site.port
    _further = _site.path or _site.query or _site.fragment or _site.username
    _is_site = _site.scheme in {"http", "https"} and _site.hostname and not _further
except ValueError:
    _is_site = False
if not _is_site:
    raise ImproperlyConfigured(
        f"SITE_URL is {_site_url!r}, but must be the site's whole address without a path, "
        "such as https://example.org."
    )
SITE_IS_HTTPS = _site.scheme == "https"
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SITE_IS_LOCAL = _site.hostname in {"localhost", "127.0.0.1", "::1"}
SITE_HOST = f"[{_site.hostname}]" if ":" in _site.hostname else _site.hostname
ALLOWED_HOSTS = LOOPBACK_HOSTS if SITE_IS_LOCAL else [SITE_HOST]
# A browser leaves the usual port out, so an origin must not name it.
_is_usual = _site_port in {None, {"http": 80, "https": 443}[_site.scheme]}
_port = "" if _is_usual else f":{_site_port}"
SITE_ORIGINS = [f"{_site.scheme}://{host}{_port}" for host in ALLOWED_HOSTS]
CSRF_TRUSTED_ORIGINS = SITE_ORIGINS
# How many proxies of yours stand in front; X-Forwarded-* is ignored beyond them.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

ADMIN_PATH = env.str("ADMIN_PATH", default="admin/").strip("/") + "/"
# The first parts of the site's other addresses.
TAKEN_PATHS = {
    "articles", "authors", "comments", "feeds", "healthz", "mail", "media", "oembed", "preferences", "readyz",
    "search", "static", "subscribe", "topics", "unsubscribe",
}  # fmt: skip
_is_path = re.fullmatch(r"([a-z0-9][a-z0-9_-]*/)+", ADMIN_PATH)
if not _is_path or ADMIN_PATH.partition("/")[0] in TAKEN_PATHS:
    raise ImproperlyConfigured(
        f"ADMIN_PATH is {ADMIN_PATH!r}, but must be made of small letters, digits and "
        "hyphens, such as my-desk/, and be no other address of the site."
    )

INSTALLED_APPS = [
    "footcare",
    "comments",
    "subscriptions",
    "articles",
    "outbox",
    "footcare.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "footcare.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "footcare.middleware.PlainRefusalMiddleware",
    "footcare.middleware.ReadableRequestMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "footcare.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# The form of a long article has thousands; strangers send what middleware.py allows.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

ROOT_URLCONF = "footcare.urls"
WSGI_APPLICATION = "footcare.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.context_processors.site",
            ],
        },
    },
]

if env.str("DATABASE_URL", default=""):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said below, as a sentence
        _database = env.db_url("DATABASE_URL")
else:
    # Not by way of an address: the folder's name may hold signs that mean something there.
    _file = str(DATA_DIR / "db.sqlite3")
    _database = {"ENGINE": "django.db.backends.sqlite3", "NAME": _file}
if not _database.get("ENGINE", "").endswith((".sqlite3", ".postgresql")):
    raise ImproperlyConfigured(
        "DATABASE_URL names no database that the site knows: it is "
        "postgres://user:password@host/name or sqlite:////a/file."
    )
DATABASES = {"default": _database}
# Kept open: on SQLite the last connection to close takes the WAL away, and then a full
# disk stops even the readers.
_database["CONN_MAX_AGE"] = None
_database["CONN_HEALTH_CHECKS"] = True
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # take the write lock at BEGIN, never half-way
        "timeout": 20,
        # recursive_triggers: a row replaced by INSERT OR REPLACE counts as deleted, too.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    }
elif _database["ENGINE"].endswith("postgresql"):
    # jit: compiling a query of ours takes far longer than running it.
    _database.setdefault("OPTIONS", {}).setdefault(
        "options", "-c lock_timeout=20s -c statement_timeout=60s -c jit=off"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Megabytes of finished pages that each web process keeps at most.
PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", default=16)
# For how many seconds a cache of the owner's may give a page without asking.
CDN_SECONDS = env.int("CDN_SECONDS", default=0)
for _name in ("PAGE_CACHE_MB", "CDN_SECONDS"):
    if globals()[_name] < 0:
        raise ImproperlyConfigured(f"{_name} must be 0 or more.")

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
CACHE_IS_SHARED = CACHES["default"]["BACKEND"].endswith(".RedisCache")
if CACHE_IS_SHARED:
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    # A cache that does not answer is not waited for: what it holds is found elsewhere, too.
    CACHES["default"].setdefault("OPTIONS", {}).update(
        socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0)
    )

# An e-mail provider's own interface in place of SMTP, by django-anymail (the extra "mail").
MAIL_PROVIDER = env.str("MAIL_PROVIDER", default="")
MAIL_PROVIDERS = [
    "brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill", "postmark",
    "resend", "sendgrid", "sparkpost", "unisender_go",
]  # fmt: skip
MAILS_ARE_KEPT = not (MAIL_PROVIDER or env.str("EMAIL_URL", default=""))
if MAIL_PROVIDER:
    if MAIL_PROVIDER not in MAIL_PROVIDERS:
        raise ImproperlyConfigured(
            f"MAIL_PROVIDER is {MAIL_PROVIDER!r}, but must be one of: "
            f"{', '.join(MAIL_PROVIDERS)}. Any other takes mail by SMTP: set EMAIL_URL."
        )
    if env.str("EMAIL_URL", default=""):
        raise ImproperlyConfigured(
            "MAIL_PROVIDER and EMAIL_URL are both set; keep one."
        )
    # By it the provider proves who it is when it tells of a letter that came back.
    _secret = env.str("MAIL_WEBHOOK_SECRET", default="")
    if not re.fullmatch(r"[^:\s]+:[^:\s]{16,}", _secret):
        raise ImproperlyConfigured(
            "MAIL_WEBHOOK_SECRET is missing or short: make up a name and a password of at "
            "least 16 characters, as in name:password, and give it to the provider, too."
        )
    INSTALLED_APPS.append("anymail")
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
    ANYMAIL = {"WEBHOOK_SECRET": _secret, "REQUESTS_TIMEOUT": 20}  # seconds
    for _name, _value in env.dict("MAIL_PROVIDER_SETTINGS", default={}).items():
        ANYMAIL[f"{MAIL_PROVIDER}_{_name.strip()}".upper()] = _value.strip()
elif MAILS_ARE_KEPT:
    EMAIL_BACKEND = "outbox.backends.FileBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
else:
    globals().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 20  # seconds
FROM_EMAIL = env.str("FROM_EMAIL", default="")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = (
    FROM_EMAIL or f"Footcare <footcare@{_site.hostname}>"
)
# The envelope's sender of letters: where servers send back what they cannot deliver.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
# Where the mails to it are read (subscriptions/bounces/mailboxes.py).
BOUNCE_MAILBOX = env.str("BOUNCE_MAILBOX", default="")
try:
    _box = urlsplit(BOUNCE_MAILBOX)
    _is_box = (
        not BOUNCE_MAILBOX
        or (_box.scheme == "imaps" and _box.hostname and _box.username)
        or (
            _box.scheme == "imap" and _box.hostname in {"localhost", "127.0.0.1", "::1"}
        )
        or (_box.scheme == "maildir" and not _box.netloc and _box.path.startswith("/"))
    ) and (_box.port is None or _box.port > 0)
except ValueError:
    _is_box = False
if not _is_box:
    # Its value is not repeated: it holds a password.
    raise ImproperlyConfigured(
        "BOUNCE_MAILBOX names no mailbox that the site can read: it is "
        "imaps://user:password@host/INBOX or maildir:/a/folder. What has a meaning in an "
        "address is written as %40 for @, %2F for /, %3A for :."
    )
# Seconds after which a worker that says nothing counts as dead, and what it had under way as
# uncertain. A mail server may take EMAIL_TIMEOUT for each step of one message.
LETTER_LEASE = env.int("LETTER_LEASE", default=300)

# A function that is called when a letter is to be sent now, such as footcare.tasks.wake_rq,
# and the Redis of that. Without it the worker looks each second.
WAKE_BY = env.str("WAKE_BY", default="")
TASK_URL = env.str("TASK_URL", default="redis://127.0.0.1:6379/0")

# What `manage.py worker` does, in this order: a function that returns how many things it
# did, and the seconds to wait before it is asked again when there was nothing to do.
WORKER_JOBS = [
    ("subscriptions.joining.answer_requests", 1),
    ("comments.moderators.mail_moderators", 15),
    ("comments.letters.answer_asked", 1),
    ("comments.answers.tell_followers", 1),
    ("comments.answers.mail_answers", 10),
    ("outbox.sending.send_due", 1),
    ("subscriptions.letters.publishing.send_published", 15),
    ("subscriptions.letters.publishing.send_digest", 60),
    ("subscriptions.letters.control.start_due", 15),
    ("subscriptions.letters.delivery.send_letters", 1),
    ("subscriptions.lists.asking.ask_some", 10),
    ("subscriptions.bounces.mailboxes.read_bounces", 300),
    ("subscriptions.joining.forget_unconfirmed", 3600),
    ("subscriptions.joining.forget_gone", 3600),
    ("subscriptions.letters.forgetting.forget_readers", 3600),
    ("subscriptions.letters.forgetting.forget_bounces", 3600),
    ("subscriptions.lists.importing.forget_unused", 3600),
    ("comments.letters.forget_answered", 3600),
    ("comments.answers.forget_old", 3600),
    ("comments.own_data.forget_networks", 3600),
    ("outbox.sending.forget_old", 3600),
    ("footcare.lib.throttle.forget_ended", 600),
    ("footcare.sessions.forget_ended", 3600),
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# Whoever writes logs in once a week, or after a day without a look at the site.
SESSION_ENGINE = "footcare.sessions"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_IDLE_AGE = 24 * 3600
SESSION_SAVE_EVERY_REQUEST = False
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
_host_only = "__Host-" if SITE_IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_host_only}sessionid"
CSRF_COOKIE_NAME = f"{_host_only}csrftoken"
# The browser of a reader who pressed the link in a mail that we sent them.
READER_COOKIE_NAME = f"{_host_only}reader"

SECURE_HSTS_SECONDS = 31_536_000 if SITE_IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SITE_IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The shape of Django 6's setting of this name, so that the upgrade deletes our middleware.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # the proxy that holds the certificate redirects; doing it here can loop
    "security.W021",  # entering a preload list is the owner's own, hardly reversible decision
]

# One language for the whole site, never negotiated, so that one kept copy serves everybody.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_CODE = env.str("SITE_LANGUAGE", default="en")
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(
        f"SITE_LANGUAGE is {LANGUAGE_CODE!r}, but must be one of: "
        f"{', '.join(dict(LANGUAGES))}."
    )
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["footcare.formats"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(
        f"TIME_ZONE is {TIME_ZONE!r}, but must be a name such as Europe/Berlin."
    )
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# What programs ask for at the site's root without having been told: /favicon.ico.
WHITENOISE_ROOT = BASE_DIR / "static" / "root"


def WHITENOISE_ADD_HEADERS_FUNCTION(headers: Any, path: str, url: str) -> None:  # noqa: N802
    """A file is no page: it loads nothing and stands in no frame, whatever it is taken for."""
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "footcare.lib.logs.OneLineFormatter",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A stranger's mistakes are no news, and their addresses may hold what is private.
        "django.request": {
            "handlers": ["console"],
            "level": "ERROR",
            "propagate": False,
        },
        # A stranger's wrong Host header is answered with 400; it is not our error.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
