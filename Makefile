# `make run` and `make test` need python3 (3.11 to 3.13) and nothing else.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes
PYTEST := $(BIN)/python -m pytest
PYTEST_ARGS ?= --numprocesses auto

.PHONY: run ready dev owner test slow faults lint messages lock pictures vnu clean

run: ready
	@$(BIN)/python manage.py serve

# All that a start needs; a service manager then starts `manage.py serve`.
ready: .env .venv/run.stamp var/static/.stamp

dev: .env .venv/run.stamp
	@DEBUG=1 $(BIN)/python manage.py serve --reload

owner: .env .venv/run.stamp
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py createsuperuser $(if $(DJANGO_SUPERUSER_PASSWORD),--noinput)

# Everything on SQLite; with TEST_DATABASE_URL=postgres://… everything but the browser again there.
test: .venv/test.stamp var/static/.stamp
	@$(PYTEST) $(PYTEST_ARGS)
ifdef TEST_DATABASE_URL
	@DATABASE_URL=$(TEST_DATABASE_URL) $(PYTEST) -m "not slow and not browser and not faults" $(PYTEST_ARGS)
else
	@echo "Not tested on PostgreSQL: set TEST_DATABASE_URL=postgres://user@host/database to do so."
endif

slow: .venv/test.stamp
	@$(PYTEST) -m slow --numprocesses 0
ifdef TEST_DATABASE_URL
	@DATABASE_URL=$(TEST_DATABASE_URL) $(PYTEST) -m slow --numprocesses 0
endif

# Things break under the running site; FAULTS=short once each and the process faults on SQLite.
FAULTS ?= long
faults: .venv/test.stamp var/static/.stamp
	@FAULTS=$(FAULTS) $(PYTEST) -m faults --numprocesses 2

lint: .venv/dev.stamp .env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	git ls-files -z 'templates/*.html' 'templates/**/*.html' | xargs -0 $(BIN)/djade --check --target-version 5.2
	git ls-files -z '*.py' | xargs -0 $(BIN)/django-upgrade --target-version 5.2

# Every marked text into the catalogue of each language, and what is translated into the form
# that the site reads; needs GNU gettext. The date goes, so that nothing changes with nothing new.
messages: .venv/run.stamp
	@$(BIN)/django-admin makemessages --all --extension html,py,svg,txt --no-wrap --no-obsolete --add-location file \
		$(foreach folder,benchmarks requirements static tests var,--ignore '$(folder)/*')
	@sed -i.bak '/^"POT-Creation-Date:/d' locale/*/LC_MESSAGES/django.po
	@rm locale/*/LC_MESSAGES/django.po.bak
	@$(BIN)/django-admin compilemessages --ignore .venv --verbosity 0
	@for po in locale/*/LC_MESSAGES/django.po; do echo "$$po:"; msgfmt --statistics --output-file /dev/null "$$po"; done

# Pinned with hashes, for every platform at once; needs uv.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet \
		pyproject.toml --extra postgres --extra redis --extra mail --extra rq --output-file requirements/run.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet \
		pyproject.toml --extra postgres --extra redis --extra mail --extra rq --group test --output-file requirements/test.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet \
		pyproject.toml --extra postgres --extra redis --extra mail --extra rq --group dev --output-file requirements/dev.txt

# The picture of a shared link and the icons, drawn by Chromium: make pictures NAME="Your site".
NAME ?= Footcare
WORDS ?= Plain reading about feet, massage and rest.
pictures: .venv/test.stamp
	@$(BIN)/python -m tests.browser.pictures "$(NAME)" --words "$(WORDS)"

# The Nu HTML checker, for the test of every page: a jar too large to keep here. Needs npm.
VNU := vnu-jar-26.9.27.tgz
VNU_SHA512 := 4e441de4315f39a582f5e6edbe8cd3b2b1f655aa1dde3620faface791133217c417b12f3f7ead2d8336d8e7efe44f5226618258b44a0860057e9125135e6b428
vnu: var/vnu.jar

clean:
	rm -rf .venv var/static

.venv:
	@$(PYTHON) -c 'import sys; sys.exit("Footcare needs Python 3.11 to 3.13, this is " + sys.version.split()[0] + ": try make PYTHON=python3.12 run") if not (3, 11) <= sys.version_info[:2] <= (3, 13) else None'
	@echo "Making .venv (once) ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/run.stamp: requirements/run.txt | .venv
	@echo "Installing what the site needs ..."
	@$(PIP) --requirement requirements/run.txt
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp
	@echo "Installing what the tests need ..."
	@$(PIP) --requirement requirements/test.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/test.stamp
	@$(PIP) --requirement requirements/dev.txt
	@touch $@

# A secret of this site's own, written once and kept out of git.
.env:
	@umask 077; $(PYTHON) -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(50))' > $@.new && mv $@.new $@
	@echo "Wrote .env with a new SECRET_KEY."

var/static/.stamp: .venv/run.stamp $(shell find static -type f) footcare/settings.py
	@echo "Collecting the static files ..."
	@SECRET_KEY=only-for-collecting-static-files-0123456789 DEBUG=0 $(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@

var/vnu.jar:
	@echo "Fetching the Nu HTML checker (once) ..."
	@mkdir -p var
	@npm pack --silent --pack-destination var $(subst vnu-jar-,vnu-jar@,$(VNU:.tgz=)) >/dev/null
	@echo "$(VNU_SHA512)  var/$(VNU)" | sha512sum --check --quiet
	@tar -xzOf var/$(VNU) package/build/dist/vnu.jar > $@.part
	@mv $@.part $@
	@rm var/$(VNU)
