# The two commands a fresh machine needs are `make build` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
VALIDATORS_VENV := .venv-validators
VALIDATORS_READY := $(VALIDATORS_VENV)/.ready
SPARK_VENV := .venv-spark
SPARK_READY := $(SPARK_VENV)/.ready

.PHONY: build check test test-more test-all test-heavy test-slow lint bench test-spark consumers lock lock-bench lock-consumers lock-spark lock-validators clean

build: $(READY)
	$(BIN)/fmdata build

check: $(READY)
	$(BIN)/fmdata check

test: $(READY) lint
	$(BIN)/python -m pytest -m "not heavy and not slow and not spark" -n 2 --dist loadfile

# What is run for each change: the one suite uses one processor, the other waits for Spark every now and then.
test-more: test consumers $(VALIDATORS_READY) $(SPARK_READY)
	$(MAKE) --jobs 2 --output-sync=target test-heavy test-spark

test-all: test-more test-slow

test-heavy:
	$(BIN)/python -m pytest -m heavy

# With the extra `spark`, in an environment of its own: it takes some 900 MB on disk. Without Java the tests are skipped.
test-spark: $(SPARK_READY)
	$(SPARK_VENV)/bin/python -m pytest -m spark -n 2 --dist loadfile

test-slow: $(SPARK_READY)
	$(SPARK_VENV)/bin/python -m pytest -m slow

$(SPARK_READY): requirements-spark.lock
	$(PYTHON) -m venv $(SPARK_VENV)
	$(SPARK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(SPARK_VENV)/bin/python -c "import pathlib, sysconfig; \
		pathlib.Path(sysconfig.get_path('purelib'), 'fmdata.pth').write_text('$(CURDIR)/pipeline\n')"
	touch $@

# A new lock for it, after `make lock`: what the engine has too, in the engine's versions.
lock-spark:
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-find-links --no-emit-index-url --constraint requirements.lock --extra dev --extra spark pyproject.toml \
		--output-file requirements-spark.lock

# Validators that are not ours, and what they need, in an environment of their own; those of npm where there is node.
$(VALIDATORS_READY): validators/requirements.lock validators/package-lock.json
	$(PYTHON) -m venv $(VALIDATORS_VENV)
	$(VALIDATORS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	if command -v npm > /dev/null; then cd validators && npm ci --ignore-scripts --no-audit --no-fund; \
		else echo "no npm: the tests of validators that need it are skipped"; fi
	touch $@

# A new lock for them; `npm update` in validators/ renews that of npm.
lock-validators:
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-find-links --no-emit-index-url --override validators/overrides.txt validators/requirements.in \
		--output-file validators/requirements.lock

lint: $(READY)
	$(BIN)/ruff check pipeline tests benchmarks validators
	$(BIN)/mypy
	$(BIN)/lint-imports

# What fmdata is compared with, and what it needs itself, in an environment without what its tests need: pandera imports
# pandas and hypothesis where it finds them.
BENCH_VENV := .venv-bench
BENCH_READY := $(BENCH_VENV)/.ready

bench: $(READY) $(BENCH_READY)
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/scale.py

$(BENCH_READY): benchmarks/requirements.lock
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(BENCH_VENV)/bin/python -c "import pathlib, sysconfig; \
		pathlib.Path(sysconfig.get_path('purelib'), 'fmdata.pth').write_text('$(CURDIR)/pipeline\\n')"
	touch $@

# A new lock for it, after `make lock`: what the engine has too, in the engine's versions.
lock-bench:
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-find-links --no-emit-index-url --constraint requirements.lock benchmarks/requirements.in \
		--output-file benchmarks/requirements.lock

# What reads a release as its users do (docs/consumers.md), in an environment of its own: pandera imports pandas where it
# finds it.
CONSUMERS_VENV := .venv-consumers
CONSUMERS_READY := $(CONSUMERS_VENV)/.ready

consumers: $(CONSUMERS_READY)

$(CONSUMERS_READY): consumers/requirements.lock
	$(PYTHON) -m venv $(CONSUMERS_VENV)
	$(CONSUMERS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

lock-consumers:
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-find-links --no-emit-index-url --constraint requirements.lock consumers/requirements.in \
		--output-file consumers/requirements.lock

# A new lock: every package pinned with its hashes, for each platform and Python the project supports.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet uv
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-find-links --no-emit-index-url --extra dev pyproject.toml --output-file requirements.lock

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "fmdata needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

clean:
	rm -rf $(VENV) $(SPARK_VENV) $(VALIDATORS_VENV) validators/node_modules build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
