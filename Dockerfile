FROM python:3.12-slim-trixie AS build
WORKDIR /app
COPY requirements/run.txt requirements/
# Wheels only: the image has no compiler, and a refusal says so sooner than a failed build.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        --only-binary :all: --require-hashes --requirement requirements/run.txt
COPY . .
# The modes of a checkout under a strict umask would lock out the user below.
RUN SECRET_KEY=only-for-collecting-static-files-0123456789 \
        /venv/bin/python manage.py collectstatic --noinput \
    && chmod -R a+rX .

FROM python:3.12-slim-trixie
RUN groupadd --gid 10001 footcare \
    && useradd --uid 10001 --gid footcare --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin --no-log-init footcare \
    && install --directory --owner footcare --group footcare --mode 0700 /data
WORKDIR /app
# Owned by root: the site can read its code and its static files, and change neither.
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data
# By number, so that an orchestrator can tell that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 8000
# The site answers to the host of SITE_URL alone, so the question carries that name; a proxy
# in the environment must not come between.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from os import environ as env; \
from urllib.parse import urlsplit; \
from urllib.request import ProxyHandler, Request, build_opener; \
host = urlsplit(env.get('SITE_URL', 'http://localhost')).netloc; \
page = Request('http://127.0.0.1:' + env['PORT'] + '/healthz', headers={'Host': host}); \
build_opener(ProxyHandler({})).open(page, timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "serve"]
