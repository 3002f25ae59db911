"""`manage.py up` from the first step to the last: set up, start, watch, stop."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation.reloader import translation_file_changed

from sales_mgmt.runtime import packages, static_files, translations
from sales_mgmt.runtime.installation import Installation
from sales_mgmt.runtime.places import given_servers
from sales_mgmt.runtime.port import first_free, is_free
from sales_mgmt.runtime.process import started_at
from sales_mgmt.runtime.readiness import stays_alive, wait_for, web_answers, worker_answers
from sales_mgmt.runtime.sample import ensure_night, ensure_people, first_words
from sales_mgmt.runtime.state import Running, hold_lock, read_running, state_directory
from sales_mgmt.runtime.step import StepFailed, step
from sales_mgmt.runtime.stopping import Stopped, stop_on_signals
from sales_mgmt.runtime.supervisor import Supervisor, end_leftovers


@dataclass
class Options:
    host: str
    port: int
    with_sample: bool


def launch(options: Options) -> None:
    """Run the product until somebody stops it. Raises StepFailed when a step fails."""
    directory = state_directory()
    lock = hold_lock(directory)
    if lock is None:
        raise already_running(directory)
    with lock:
        supervisor = Supervisor(directory, Running((os.getpid(), started_at(os.getpid()))))
        try:
            stop_on_signals()
            set_up(supervisor, options)
            supervisor.watch()
        except Stopped:
            print("\nStopping …", flush=True)
        finally:
            connection.close()
            supervisor.stop()
    print("Stopped.", flush=True)


def already_running(directory: Path) -> StepFailed:
    running = read_running(directory)
    where = f" at {running.address}" if running and running.address else ""
    return StepFailed(f"it runs already{where}", "open that address, or stop the other one first")


def set_up(supervisor: Supervisor, options: Options) -> None:
    """Every step in its order; after the last one the product answers."""
    print("Starting the sales department:", flush=True)
    if ended := end_leftovers(read_running(supervisor.directory)):
        print(f"  {ended} processes of a killed start were ended", flush=True)
    installation = Installation(options.host, usable_port(options))
    start_servers(supervisor, installation)
    prepare_database()
    prepare_files(supervisor.directory)
    ensure_people(supervisor.directory, options.with_sample)
    if options.with_sample:
        ensure_night()
    connection.close()
    start_processes(supervisor, installation)
    print(first_words(supervisor.directory, installation.address), flush=True)


def usable_port(options: Options) -> int:
    """The wanted port, or the next one that no stranger holds."""
    if not is_free(0, options.host):
        raise StepFailed(
            f"{options.host} is no address of this machine",
            "give --host 127.0.0.1 (this machine only) or --host 0.0.0.0 (the network as well)",
        )
    port = first_free(options.port, options.host)
    if port != options.port:
        why = "reserved or taken by another program"
        print(f"  port {options.port} is {why}, using {port}", flush=True)
    return port


def start_servers(supervisor: Supervisor, installation: Installation) -> None:
    """The embedded servers, or those whose addresses were given."""
    for line in given_servers():
        print(f"  {line}", flush=True)
    if postgres := installation.postgres():
        with step("Starting PostgreSQL") as note:
            if postgres.make():
                note.say("made its data directory")
            supervisor.running.postgres_port = postgres.port
            supervisor.add(postgres.child, postgres.start)
            postgres.make_database()
    if redis := installation.redis():
        with step("Starting Redis"):
            redis.make()
            supervisor.running.redis_port = redis.port
            supervisor.add(redis.child, redis.start)


def prepare_database() -> None:
    """Bring the schema up to date."""
    with step("Preparing the database") as note:
        try:
            executor = MigrationExecutor(connection)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if plan:
                call_command("migrate", interactive=False, verbosity=0)
                note.say(f"{len(plan)} migrations")
        except DatabaseError as error:
            raise StepFailed(
                "the database could not be prepared",
                "see that DATABASE_URL is right, the server runs and its user may create tables",
                str(error),
            ) from error


def prepare_files(directory: Path) -> None:
    """Front-end packages, translations and static files; each only when something changed."""
    if not packages.packages_are_current():
        with step("Bringing the front-end packages"):
            packages.install_packages(directory / "cache" / "npm")
    with step("Compiling translations") as note:
        if count := translations.compile_stale():
            note.say(f"{count} catalogues")
            # Setting Django up has read the old ones; the sample department is named in this process.
            translation_file_changed(None, Path("django.mo"))
    target = Path(settings.STATIC_ROOT)
    if not static_files.are_current(target):
        with step("Collecting static files"):
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            static_files.mark_current(target)


def start_processes(supervisor: Supervisor, installation: Installation) -> None:
    """Worker, beat and web; each answers before the next step."""
    os.environ.setdefault("ALLOWED_HOSTS", ",".join(own_names(installation.host)))
    os.environ.setdefault("SITE_URL", installation.address)
    web, worker, beat = installation.web(), installation.worker(), installation.beat()
    with step("Starting the worker, the clock and the web server"):
        children = [worker, web, beat]
        for child in children:
            supervisor.add(child)
        hint = f"read the logs in {installation.logs}"
        wait_for(web, lambda: web_answers(installation.local_address), children, hint)
        wait_for(worker, lambda: worker_answers(os.getpid()), children, hint)
        wait_for(beat, lambda: stays_alive(beat), children, hint)
    supervisor.running.address = installation.address
    supervisor.record()


def own_names(host: str) -> list[str]:
    """Host names under which the product is asked for, when it listens on `host`."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - asked for by the user
        names += [socket.gethostname(), socket.getfqdn(), *own_addresses()]
    else:
        names.append(host)
    return list(dict.fromkeys(names))


def own_addresses() -> list[str]:
    """Addresses of this machine that others may use."""
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)
    except OSError:
        return []
    return [str(entry[4][0]) for entry in found]
