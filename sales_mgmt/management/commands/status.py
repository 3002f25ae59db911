"""Tell what runs, in which versions, and how old the last night is."""

import platform
from typing import Any

import django
from django.core.management.base import BaseCommand

from apps.core import health
from sales_mgmt.runtime.state import Running, is_same_process, read_running, state_directory


class Command(BaseCommand):
    help = "Tell what runs, in which versions, and how old the last night is."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        running = read_running(state_directory())
        self.stdout.write(address_line(running))
        for line in child_lines(running):
            self.stdout.write(line)
        self.stdout.write(f"Python {platform.python_version()}, Django {django.get_version()}")
        findings = {finding.name: finding for finding in health.findings()}
        for line in map(finding_line, findings.values()):
            self.stdout.write(line)


def address_line(running: Running | None) -> str:
    if running and running.alive():
        return f"Running at {running.address or 'an address still to come'}"
    return "Not started by `manage.py up` (or not yet)"


def child_lines(running: Running | None) -> list[str]:
    if running is None or not running.alive():
        return []
    return [
        f"  {name}: process {pid}" + ("" if is_same_process(pid, mark) else ", ended")
        for name, (pid, mark) in running.children.items()
    ]


def finding_line(finding: health.Finding) -> str:
    return f"{finding.name}: {WORDS[finding.name](finding)}"


def answering(finding: health.Finding) -> str:
    return f"{finding.value}, answers" if finding.good else "does not answer"


def waiting(finding: health.Finding) -> str:
    if finding.value is None:
        return "unknown"
    return f"{finding.value} waiting"


def pulse(finding: health.Finding) -> str:
    if finding.value is None:
        return "no sign of life"
    return f"last sign of life {finding.value} s ago"


def night(finding: health.Finding) -> str:
    if finding.value is None:
        return "no night yet"
    return f"last complete night ended {finding.value} h ago" + ("" if finding.good else ", LATE")


WORDS = {
    "database": answering,
    "migrations": waiting,
    "redis": answering,
    "queue": waiting,
    "beat": pulse,
    "night": night,
}
