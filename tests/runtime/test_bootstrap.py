import os
import stat
import sys
from pathlib import Path

import pytest

from sales_mgmt import bootstrap

NO_SUCH_PACKAGE = "./no-such-directory\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project in a directory with a blank and Cyrillic letters."""
    place = tmp_path / "Отдел продаж"
    place.mkdir()
    (place / "requirements.txt").write_text("")
    monkeypatch.setattr(bootstrap, "BASE_DIR", place)
    monkeypatch.setattr(bootstrap, "VENV_DIR", place / ".venv")
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", place / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", place / "requirements.txt")
    return place


def without(module, place, monkeypatch):
    """Make `module` fail to import in every interpreter started from here."""
    shadows = place / f"no-{module}"
    shadows.mkdir()
    (shadows / f"{module}.py").write_text("raise ImportError('not installed')\n")
    known = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(shadows), known])))


def steps(capsys):
    return [line.strip().rpartition(" … ")[0] for line in capsys.readouterr().out.splitlines()]


def test_environment_is_made_once_and_follows_the_list(project, capsys):
    bootstrap.ensure_environment("up")
    assert bootstrap.works(bootstrap.VENV_PYTHON)
    made = ["Making the Python environment .venv", "Installing requirements.txt"]
    assert steps(capsys) == made

    bootstrap.ensure_environment("up")
    assert steps(capsys) == []

    bootstrap.REQUIREMENTS.write_text("# nothing, in other words\n")
    bootstrap.ensure_environment("up")
    assert steps(capsys) == ["Installing requirements.txt"]


def test_half_made_environment_is_made_anew(project):
    bootstrap.VENV_PYTHON.parent.mkdir(parents=True)
    bootstrap.VENV_PYTHON.symlink_to("/nowhere/python")

    bootstrap.fill_environment([])

    assert bootstrap.works(bootstrap.VENV_PYTHON)


def test_failed_installation_says_what_to_do_and_leaves_no_stamp(project, monkeypatch):
    bootstrap.REQUIREMENTS.write_text(NO_SUCH_PACKAGE)
    without("ensurepip", project, monkeypatch)

    with pytest.raises(bootstrap.SetUpFailed) as caught:
        bootstrap.ensure_environment("up")

    assert "The packages of requirements.txt could not be installed." in str(caught.value)
    assert "What to do: see that the package index can be reached" in str(caught.value)
    assert not bootstrap.complete([bootstrap.REQUIREMENTS])


def test_without_python3_venv_the_pip_of_the_system_is_used(project, monkeypatch):
    bootstrap.make_environment()
    without("ensurepip", project, monkeypatch)

    system = str(Path(sys.executable).resolve())
    assert bootstrap.installer() == [
        system, "-m", "pip", "--python", str(bootstrap.VENV_PYTHON)
    ]  # fmt: skip


def test_without_any_pip_the_package_to_install_is_named(project, monkeypatch):
    bootstrap.make_environment()
    without("ensurepip", project, monkeypatch)
    without("pip", project, monkeypatch)

    with pytest.raises(bootstrap.SetUpFailed, match="apt install python3-venv python3-pip"):
        bootstrap.installer()


def test_other_commands_run_where_django_is_found(monkeypatch):
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("it left this interpreter"))

    assert bootstrap.enter(["manage.py", "migrate"]) is None


def test_ci_script_can_be_executed():
    script = bootstrap.BASE_DIR / ".ci" / "run"

    assert stat.S_IMODE(script.stat().st_mode) & stat.S_IXUSR
    assert "python3 manage.py test" in script.read_text()
