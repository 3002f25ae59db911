"""One suite at one size, in a process of its own: `python -m benchmarks pages answer.json`."""

import json
import sys
from pathlib import Path

import django


def main(suite: str, answer: str) -> None:
    django.setup()
    from benchmarks import exports, night, overload, pages, start  # models are ready from here on

    suites = {
        "pages": pages.run,
        "night": night.run,
        "naive": night.run_naively,
        "export": exports.run,
        "overload": overload.run,
        "start": start.run,
    }
    Path(answer).write_text(json.dumps(suites[suite](), default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
