"""A fresh clone of the repository, used as its user would: by its two commands."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import psycopg2

from sales_mgmt.runtime.process import started_at, wait_until
from sales_mgmt.runtime.state import BASE_DIR

FIRST_START_SECONDS = 600
NODE_PROGRAMS = {"node", "nodejs", "npm", "npx"}
# What a developer's environment would add to a fresh one; proxies and certificates stay.
OURS = ("DATABASE_URL", "REDIS_URL", "STATE_DIR", "SECRET_KEY", "DEBUG", "DJANGO_SETTINGS_MODULE")
SHELLS = ("PYTHONPATH", "VIRTUAL_ENV", "LC_ALL", "LC_CTYPE", "SITE_URL", "ALLOWED_HOSTS")


class Product:
    """A clone with an empty home, run as `account` (uid and gid; None: as we are)."""

    def __init__(self, place: Path, account: tuple[int, int] | None = None) -> None:
        self.directory, self.home = place / "Отдел продаж", place / "home"
        self.account = account
        self.extra: dict[str, str] = {}
        self.process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []
        self.home.mkdir()
        subprocess.run(["git", "clone", "-q", str(BASE_DIR), str(self.directory)], check=True)
        if account:
            for path in (self.directory, self.home):
                subprocess.run(["chown", "-R", f"{account[0]}:{account[1]}", str(path)], check=True)

    def environment(self) -> dict[str, str]:
        given = {name: text for name, text in os.environ.items() if name not in (*OURS, *SHELLS)}
        return {**given, "HOME": str(self.home), "LANG": "C", **self.extra}

    def arguments(self) -> dict:
        if self.account is None:
            return {}
        return {"user": self.account[0], "group": self.account[1], "extra_groups": []}

    def command(self, *words: str) -> list[str]:
        return [bare_python(self.account), "manage.py", *words]

    def run(self, *words: str, seconds: int = 300) -> subprocess.CompletedProcess[str]:
        """Run a command of the clone to its end."""
        return subprocess.run(
            self.command(*words),
            cwd=self.directory,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            **self.arguments(),
        )

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command of the clone and return at once."""
        return subprocess.Popen(
            self.command(*words),
            cwd=self.directory,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self.arguments(),
        )

    def children_of(self, pid: int) -> list[int]:
        """Processes that `pid` started itself."""
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(word) for word in listed.split()]

    def up(self, *words: str) -> float:
        """Start the product and return after how many seconds it was ready."""
        begun = time.monotonic()
        process = self.begin(*words)
        wait_until(lambda: self.address() or process.poll() is not None, FIRST_START_SECONDS)
        assert self.address(), self.said()
        return time.monotonic() - begun

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start the product and return at once."""
        self.lines = []
        self.process = subprocess.Popen(
            self.command("up", *words),
            cwd=self.directory,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self.arguments(),
        )
        threading.Thread(target=self._read, args=[self.process], daemon=True).start()
        return self.process

    def _read(self, process) -> None:
        self.lines.extend(iter(process.stdout.readline, ""))

    def said(self) -> str:
        return "".join(self.lines)

    def address(self) -> str:
        ready = [line.split()[1] for line in self.lines if line.startswith("Ready: ")]
        return ready[0] if ready else ""

    def is_ready(self) -> bool:
        """Does the product say that all its parts work?"""
        try:
            with urllib.request.urlopen(f"{self.address()}readyz", timeout=5) as response:
                return json.load(response)["ready"]
        except OSError:
            return False

    def running(self) -> dict:
        return json.loads((self.directory / "var" / "running.json").read_text())

    def pid_of(self, name: str) -> int:
        return self.running()["children"][name][0]

    def kill(self, name: str) -> int:
        """kill -9 one child; its pid."""
        pid = self.pid_of(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def comes_back(self, name: str, killed: int) -> bool:
        def back() -> bool:
            entry = self.running()["children"].get(name)
            return bool(entry) and entry[0] != killed and started_at(entry[0]) is not None

        return wait_until(lambda: back() and self.is_ready(), 90, pause=0.5)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a stop signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(90)

    def query(self, text: str, *values) -> list | None:
        """Ask the embedded database; what is written is committed when this returns."""
        secrets = json.loads((self.directory / "var" / "secrets.json").read_text())
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.running()["postgres_port"],
            user="sales",
            dbname="sales",
            password=secrets["postgres_password"],
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(text, values)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def processes(self) -> list[int]:
        """Every process that works in the clone or was started from it."""
        return [int(entry.name) for entry in Path("/proc").iterdir() if self._is_ours(entry)]

    def _is_ours(self, entry: Path) -> bool:
        if not entry.name.isdigit() or started_at(int(entry.name)) is None:
            return False
        try:
            where = os.readlink(entry / "cwd")
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return False
        return str(self.directory) in where or str(self.directory) in words


def bare_python(account: tuple[int, int] | None) -> str:
    """A Python outside any virtual environment that `account` can run."""
    system = "/usr/bin/python3"
    young = subprocess.run(
        [system, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False
    )
    return system if young.returncode == 0 else sys._base_executable


def path_without_node(place: Path) -> str:
    """A PATH that has everything of the system's but Node."""
    programs = place / "programs"
    programs.mkdir()
    for directory in ("/usr/bin", "/bin", "/usr/sbin"):
        for program in Path(directory).iterdir():
            target = programs / program.name
            if program.name not in NODE_PROGRAMS and not target.is_symlink():
                target.symlink_to(program)
    return str(programs)
