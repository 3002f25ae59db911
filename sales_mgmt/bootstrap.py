"""From a bare Python to the project's own: makes .venv, fills it, and re-runs the command inside.

Standard library only: nothing is installed yet when this runs.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VENV_DIR = BASE_DIR / ".venv"
VENV_PYTHON = VENV_DIR / "bin" / "python"
OLDEST_PYTHON = (3, 11)
REQUIREMENTS = BASE_DIR / "requirements.txt"
TEST_REQUIREMENTS = BASE_DIR / "tests" / "requirements.txt"
# These commands promise to set up whatever is missing; the others only look for Django.
SELF_SUFFICIENT = ("up", "test", "check_slow")


class SetUpFailed(Exception):
    """The environment could not be made; the text says what to do."""


def enter(arguments):
    """Return inside an environment that can run `arguments`; re-execute there if need be."""
    command = arguments[1] if len(arguments) > 1 else ""
    if command not in SELF_SUFFICIENT and importlib.util.find_spec("django"):
        return
    try:
        ensure_environment(command)
    except SetUpFailed as failure:
        sys.exit(f"\n{failure}")
    except KeyboardInterrupt:
        sys.exit("\nStopped; the same command goes on where it was.")
    if not inside():
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), str(BASE_DIR / "manage.py"), *arguments[1:]])


def inside():
    """Is this the interpreter of the project's environment?"""
    return Path(sys.prefix).resolve() == VENV_DIR.resolve()


def ensure_environment(command):
    """Make .venv and install what `command` needs, unless that was done before."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetUpFailed(
            f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.\n"
            "What to do: run the command with it, for example `python3.11 manage.py up`."
        )
    files = [REQUIREMENTS]
    if command in ("test", "check_slow"):
        files.append(TEST_REQUIREMENTS)
    if not complete(files):
        with only_one_at_a_time(), stoppable():
            fill_environment(files)


def complete(files):
    return all(stamp_of(file).exists() for file in files) and works(VENV_PYTHON)


def fill_environment(files):
    if not works(VENV_PYTHON):
        run_step("Making the Python environment .venv", make_environment)
    for file in files:
        if not stamp_of(file).exists():
            run_step(f"Installing {file.relative_to(BASE_DIR)}", install, file)


def run_step(title, action, *arguments):
    """One line: what is done, and how long it took."""
    begun = time.monotonic()
    print(f"  {title} … ", end="", flush=True)
    try:
        action(*arguments)
    except BaseException:
        print(f"failed after {time.monotonic() - begun:.1f} s", flush=True)
        raise
    print(f"{time.monotonic() - begun:.1f} s", flush=True)


def works(python):
    """Does this interpreter start? A moved or half-made environment does not."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment():
    try:
        import venv  # some systems pack it apart, and then the reader must be told
    except ImportError:
        raise SetUpFailed(
            "This Python cannot make environments.\nWhat to do: install the rest of it, on Debian "
            "and Ubuntu by\n  apt install python3-venv"
        ) from None
    venv.create(VENV_DIR, clear=VENV_DIR.exists(), symlinks=True, with_pip=False)


def install(file):
    """Install `file` and leave a stamp with its hash."""
    command = [*installer(), "install", "--no-input", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, "-r", str(file)], capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        raise SetUpFailed(
            f"The packages of {file.relative_to(BASE_DIR)} could not be installed.\n"
            "What to do: see that the package index can be reached (pip's own configuration is "
            f"used) and run the command again.\n{(done.stderr or done.stdout)[-2000:]}"
        )
    for old in VENV_DIR.glob(stamp_prefix(file) + "*"):
        old.unlink()
    stamp_of(file).touch()


def installer():
    """The pip that can fill .venv: its own, a bundled one, or that of the system's Python."""
    if has_pip(VENV_PYTHON) or bundled_pip():
        return [str(VENV_PYTHON), "-m", "pip"]
    system = str(Path(sys.executable).resolve())  # this may run inside .venv already
    if has_pip(system):
        # Debian without python3-venv: the system's pip works on the other environment.
        return [system, "-m", "pip", "--python", str(VENV_PYTHON)]
    raise SetUpFailed(
        "There is no pip on this machine.\nWhat to do: install it, on Debian and Ubuntu by\n"
        "  apt install python3-venv python3-pip"
    )


def has_pip(python):
    done = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    return done.returncode == 0


def bundled_pip():
    """Put the pip that comes with Python into .venv; Debian keeps it in a package of its own."""
    done = subprocess.run(
        [VENV_PYTHON, "-m", "ensurepip", "--default-pip"], capture_output=True, check=False
    )
    return done.returncode == 0


def stamp_prefix(file):
    return ".installed-base-" if file == REQUIREMENTS else f".installed-{file.parent.name}-"


def stamp_of(file):
    """The mark that exactly this list of packages was installed."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    return VENV_DIR / (stamp_prefix(file) + digest)


@contextlib.contextmanager
def only_one_at_a_time():
    """Two commands started together do not install at once; the second waits."""
    with open(BASE_DIR / ".venv.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def stoppable():
    """Let SIGTERM end the running installer too, as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
