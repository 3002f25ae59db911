"""What must hold before the tests are worth running: lint, types, contracts, texts, migrations."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sales_mgmt.runtime import template_check
from sales_mgmt.runtime.packages import ASSETS_DIR
from sales_mgmt.runtime.state import BASE_DIR

# What `check --deploy` is asked about: an installation behind HTTPS, as docker-compose.yml has it.
PRODUCTION = {
    "DEBUG": "0",
    "HTTPS": "1",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "ALLOWED_HOSTS": "sales.example.com",
    "CSRF_TRUSTED_ORIGINS": "https://sales.example.com",
    "LOG_FORMAT": "json",
}


@dataclass(frozen=True)
class Gate:
    """A named check: it returns what is wrong, or "" when nothing is."""

    name: str
    check: Callable[[], str]


@dataclass
class Program:
    """A check by a program: what it says is wrong when its exit code is."""

    arguments: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self) -> str:
        done = subprocess.run(
            [sys.executable, *self.arguments],
            cwd=BASE_DIR,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        said = (done.stdout + done.stderr).strip()
        return (said or f"exit code {done.returncode}") if done.returncode else ""


def gates() -> list[Gate]:
    manage = "manage.py"
    return [
        Gate("ruff, rules", Program(["-m", "ruff", "check", "."])),
        Gate("ruff, format", Program(["-m", "ruff", "format", "--check", "-q", "."])),
        Gate("mypy, types", Program(["-m", "mypy", "apps", "sales_mgmt"])),
        Gate("import contracts", Program(["-c", LINT_IMPORTS])),
        Gate("templates", lambda: "\n".join(template_check.findings())),
        Gate("djlint", Program(["-m", "djlint", "templates", "--lint", "--quiet"])),
        Gate("translations", Program([manage, "check_translations"])),
        Gate("migrations", Program([manage, "makemigrations", "--check", "--dry-run"])),
        Gate("check --deploy", Program([manage, "check", "--deploy", *STRICTLY], PRODUCTION)),
        Gate("npm lock file", addresses_in_lock),
    ]


LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
STRICTLY = ["--fail-level", "WARNING"]


def addresses_in_lock() -> str:
    """The lock file pins by hash and names no registry, so that any mirror will do."""
    lock = json.loads((ASSETS_DIR / "package-lock.json").read_text())
    named = [name for name, package in lock["packages"].items() if "resolved" in package]
    return f"these packages name a registry: {', '.join(named)}" if named else ""


def pass_through(gate: Gate) -> bool:
    """Run one gate and print its line; what is wrong follows it."""
    begun = time.monotonic()
    print(f"  {gate.name} … ", end="", flush=True)
    wrong = gate.check()
    print(f"{'FAILED' if wrong else 'ok'}, {time.monotonic() - begun:.1f} s", flush=True)
    if wrong:
        print(wrong[-6000:], flush=True)
    return not wrong
