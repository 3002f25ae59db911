"""One suite at one size, in a process of its own: `python -m benchmarks pages answer.json`."""

import json
import sys
from importlib import import_module
from pathlib import Path

import django


def main(suite: str, answer: str) -> None:
    django.setup()
    # Only now are the models ready; and one suite must not carry what another imports.
    measured = import_module(f"benchmarks.{suite}").run()
    Path(answer).write_text(json.dumps(measured, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
