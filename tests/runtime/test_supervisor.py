import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sales_mgmt.runtime.process import Child, started_at, wait_until
from sales_mgmt.runtime.state import BASE_DIR, Running, read_running
from sales_mgmt.runtime.stopping import Stopped, StopRequest
from sales_mgmt.runtime.supervisor import Supervisor, end_leftovers, ending

PATIENT = ["sleep", "300"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(15, signal.SIG_IGN); signal.pause()",
]
# A supervisor of its own process, which prints the pids of its children and watches them.
SUPERVISOR = """
import os, sys
from pathlib import Path
from sales_mgmt.runtime.process import Child, started_at
from sales_mgmt.runtime.state import Running
from sales_mgmt.runtime.stopping import Stopped, stop_on_signals
from sales_mgmt.runtime.supervisor import Supervisor
place = Path(sys.argv[1])
stop_on_signals()
supervisor = Supervisor(place, Running((os.getpid(), started_at(os.getpid()))), say=lambda line: None)
for name in ("first", "second"):
    supervisor.add(Child(name, ["sleep", "300"], place / f"{name}.log"))
try:
    print(*(watched.child.pid for watched in supervisor.watched), flush=True)
    supervisor.watch()
except Stopped:
    supervisor.stop()
    print("stopped", flush=True)
"""


@pytest.fixture
def make_child(tmp_path):
    made = []

    def make(name="child", command=PATIENT, **options):
        child = Child(name, command, tmp_path / f"{name}.log", **options)
        made.append(child)
        return child

    yield make
    for child in made:
        if child.process and child.process.poll() is None:
            child.process.kill()
            child.process.wait()


@pytest.fixture
def supervisor(tmp_path):
    said = []
    supervisor = Supervisor(tmp_path, Running((os.getpid(), "0")), say=said.append)
    supervisor.said = said
    return supervisor


@pytest.fixture
def other_process(tmp_path):
    """A supervisor in a process of its own, with the pids of its two children."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=BASE_DIR,
    )
    children = [int(word) for word in process.stdout.readline().split()]
    yield process, children
    process.kill()
    process.communicate()
    for pid in children:
        if started_at(pid):
            os.kill(pid, signal.SIGKILL)


def all_gone(pids):
    return all(started_at(pid) is None for pid in pids)


def test_dead_child_is_started_again(supervisor, make_child):
    child = make_child("worker")
    supervisor.add(child)
    before = child.pid
    child.process.kill()
    child.process.wait()

    assert wait_until(lambda: supervisor.revive(supervisor.watched[0]) or child.alive(), 10)

    assert child.pid != before
    assert supervisor.said[0].startswith("worker ended (killed by SIGKILL); it is started again")
    assert read_running(supervisor.directory).children["worker"][0] == child.pid


def test_child_that_keeps_dying_is_tried_more_and_more_seldom(supervisor, make_child):
    child = make_child("web", ["false"])
    supervisor.add(child)
    watched = supervisor.watched[0]
    pauses = []
    for _ in range(3):
        child.process.wait()
        supervisor.notice_death(watched, now=watched.last_start)
        pauses.append(watched.pause_seconds())

    assert pauses == [1, 2, 5]


def test_children_stop_in_the_reverse_order(supervisor, make_child, tmp_path):
    order = tmp_path / "order"
    for name in ("database", "web"):
        script = f"trap 'echo {name} >> {order}; exit 0' TERM; while :; do sleep 0.05; done"
        child = make_child(name, ["sh", "-c", f"echo ready; {script}"])
        supervisor.add(child)
        assert wait_until(lambda child=child: "ready" in child.last_lines(), 10)

    # In this process the stop must not switch off the signals of the test run.
    before = {number: signal.getsignal(number) for number in (2, 15, 1)}
    supervisor.stop()
    for number, handler in before.items():
        signal.signal(number, handler)

    assert order.read_text().split() == ["web", "database"]
    assert read_running(supervisor.directory).children == {}


def test_child_that_does_not_listen_is_killed_with_its_group(make_child):
    child = make_child(command=STUBBORN, patience_seconds=0.5)
    child.start()

    child.stop()

    assert child.exit_code() is not None
    assert started_at(child.pid) is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stop_signal_leaves_no_process(other_process, number):
    process, children = other_process

    process.send_signal(number)

    assert process.communicate(timeout=20)[0].strip() == "stopped"
    assert process.returncode == 0
    assert all_gone(children)


def test_killed_supervisor_takes_its_children_along(other_process):
    process, children = other_process

    process.kill()

    assert wait_until(lambda: all_gone(children), 10)


def test_killed_child_of_a_running_supervisor_comes_back(other_process, tmp_path):
    _, children = other_process

    os.kill(children[0], signal.SIGKILL)

    def new_pid():
        return read_running(tmp_path).children.get("first", [children[0]])[0]

    assert wait_until(lambda: new_pid() != children[0], 10)
    assert started_at(new_pid()) is not None


def test_leftovers_of_a_killed_start_are_ended(make_child):
    child = make_child()
    child.start()
    mark = started_at(child.pid)
    left = Running((1, "0"), children={"web": (child.pid, mark), "gone": (child.pid, "1")})

    count = end_leftovers(left)

    assert count == 1
    assert child.exit_code() == -signal.SIGINT


def test_stranger_with_the_pid_of_a_leftover_is_spared(make_child):
    child = make_child()
    child.start()

    assert end_leftovers(Running((1, "0"), children={"web": (child.pid, "1")})) == 0
    assert child.alive()


def test_large_log_is_set_aside(make_child, tmp_path):
    child = make_child(command=["echo", "fresh"])
    with child.log_path.open("wb") as log:
        log.truncate(11 * 1024 * 1024)

    child.start()
    child.process.wait()

    assert child.log_path.read_text() == "fresh\n"
    assert Path(tmp_path / "child.old").stat().st_size == 11 * 1024 * 1024


def test_ending_in_words():
    assert ending(-9) == "killed by SIGKILL"
    assert ending(3) == "exit code 3"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_stop_that_python_dropped_is_noticed_later():
    request = StopRequest()

    class Cleared:
        def __del__(self):
            request(signal.SIGINT, None)

    Cleared()

    with pytest.raises(Stopped):
        request.check()


def test_impatience_does_not_interrupt_the_stop():
    request = StopRequest()
    with pytest.raises(Stopped):
        request(signal.SIGINT, None)
    request(signal.SIGINT, None)
