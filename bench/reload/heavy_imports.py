"""Make an application's imports take a given time: real libraries first, generated ones for the rest.

    python heavy_imports.py SECONDS FOLDER

writes the package `heavy_library` into FOLDER (site-packages of an environment that nobody else
uses) and prints what it measured as one line of JSON. What is generated is the same everywhere but
for one number, how often its loops turn, which is found for the machine: once, unless the machine
has become faster or slower since.
"""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sys

#: Libraries of a usual web application with a database, a queue, files and other services.
REAL = (
    "flask",
    "sqlalchemy.orm",
    "celery.app.base",
    "boto3.session",
    "pydantic",
    "requests",
    "docutils.parsers.rst",
    "openpyxl",
    "django.forms",
)

PACKAGES = 8
MODULES = 8
#: Turns of each module's loop when their speed is measured.
TRIAL = 200_000
#: Share by which the time may be missed.
TOLERANCE = 0.1

MODULE = '''"""Module {number} of a library that was generated for a benchmark."""

import re

PATTERNS = [re.compile(r"(?P<a{number}x%d>[a-z]+)[-_ ](\\d+|[A-F]{{2,%d}})" % (i, i + 3)) for i in range(4)]
TABLE = {{"entry %d of {number}" % i: (i, str(i), [i]) for i in range(5000)}}


{classes}
# What real libraries do at import, all together: here it is arithmetic.
state = {number}
for _ in range({turns}):
    state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
'''

CLASS = '''class Thing{index}:
    """A class as others are."""

    kind = "thing {index}"

    def __init__(self, name, size=0):
        self.name = name
        self.size = size

    def grow(self, by=1):
        self.size += by
        return self

    def describe(self):
        return f"{{self.kind}} {{self.name}} of {{self.size}}"

    def __repr__(self):
        return f"<{{self.describe()}}>"


'''


def main() -> None:
    """Measure, generate where need be, measure again."""
    seconds, folder = float(sys.argv[1]), pathlib.Path(sys.argv[2])
    everything = (*REAL, "heavy_library")
    real, _ = measure(REAL)
    total, memory = measure(everything) if (folder / "heavy_library").exists() else (0.0, 0)
    if abs(total - seconds) > seconds * TOLERANCE:
        generate(folder, 0)
        still, _ = measure(everything)
        generate(folder, TRIAL)
        turning, _ = measure(everything)
        generate(folder, max(0, round(TRIAL * (seconds - still) / (turning - still))))
        total, memory = measure(everything)
    print(json.dumps({"real": real, "total": total, "memory": memory, "libraries": REAL}))


def generate(folder: pathlib.Path, turns: int) -> None:
    """Write the package; each module turns its loop so often."""
    root = folder / "heavy_library"
    shutil.rmtree(root, ignore_errors=True)
    classes = "".join(CLASS.format(index=index) for index in range(12))
    names = []
    for package in range(PACKAGES):
        inner = root / f"part{package}"
        inner.mkdir(parents=True)
        (inner / "__init__.py").write_text("")
        for module in range(MODULES):
            number = package * MODULES + module
            text = MODULE.format(number=number, classes=classes, turns=turns)
            (inner / f"module{module}.py").write_text(text)
            names.append(f"heavy_library.part{package}.module{module}")
    (root / "__init__.py").write_text("".join(f"import {name}\n" for name in names))


def measure(modules: tuple[str, ...]) -> tuple[float, int]:
    """Import the modules in a new interpreter: seconds (the shorter of two) and resident bytes."""
    program = (
        "import resource, time; before = time.perf_counter(); "
        f"import {', '.join(modules)}; "
        "print(time.perf_counter() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    # The first one compiles.
    _output(f"import {', '.join(modules)}")
    return min((run[0], int(run[1]) * 1024) for run in (_output(program), _output(program)))


def _output(program: str) -> list[float]:
    done = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE)
    return [float(word) for word in done.stdout.split()]


main()
