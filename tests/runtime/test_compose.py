import re
import shlex
from importlib.util import find_spec

import pytest
import yaml
from django.core.management import get_commands

from sales_mgmt.runtime.postgres import INITDB_ARGUMENTS
from sales_mgmt.runtime.state import BASE_DIR
from tests.runtime.variables import documented

PRODUCT_SERVICES = ["migrate", "web", "worker", "beat"]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())


def words(service):
    return shlex.split(service["command"])


def test_services_are_those_of_production(compose):
    assert set(compose["services"]) == {"proxy", "postgres", "redis", *PRODUCT_SERVICES}


@pytest.mark.parametrize("name", PRODUCT_SERVICES)
def test_environment_is_what_the_settings_read(compose, name):
    given = set(compose["services"][name]["environment"])

    assert given <= documented()
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "HTTPS"} <= given


@pytest.mark.parametrize("name", PRODUCT_SERVICES)
def test_command_runs_a_module_or_a_command_that_exists(compose, name):
    python, *arguments = words(compose["services"][name])

    assert python == "python"
    if arguments[0] == "-m":
        assert find_spec(arguments[1]) is not None
    else:
        assert (BASE_DIR / arguments[0]).is_file()
        assert arguments[1] in get_commands()


def test_web_serves_this_application_by_this_configuration(compose):
    command = words(compose["services"]["web"])

    assert command[-1] == "sales_mgmt.wsgi"
    assert command[command.index("-c") + 1] == "python:sales_mgmt.runtime.gunicorn_conf"
    assert find_spec("sales_mgmt.wsgi")
    assert find_spec("sales_mgmt.runtime.gunicorn_conf")


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_celery_runs_this_application_with_options_it_knows(compose, name):
    from celery.bin.celery import celery

    command = words(compose["services"][name])
    assert command[3:5] == ["-A", "sales_mgmt"]
    service = celery.commands[command[5]]
    known = {option for parameter in service.params for option in parameter.opts}
    used = {word.partition("=")[0] for word in command[6:] if word.startswith("--")}

    assert used <= known


def test_probe_of_the_web_service_exists(compose):
    program, script = compose["services"]["web"]["healthcheck"]["test"][1:]

    assert program == "python"
    assert (BASE_DIR / script).is_file()


def test_database_is_made_as_the_embedded_one(compose):
    service = compose["services"]["postgres"]

    assert service["image"] == "postgres:18"
    assert service["environment"]["POSTGRES_INITDB_ARGS"].split() == list(INITDB_ARGUMENTS)
    assert service["stop_signal"] == "SIGINT"


def test_queue_is_written_down_never_evicted_and_locked(compose):
    command = compose["services"]["redis"]["command"]

    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    assert '--requirepass "$$REDIS_PASSWORD"' in command


def test_only_the_proxy_can_be_reached_from_outside(compose):
    open_services = {name for name, service in compose["services"].items() if "ports" in service}

    assert open_services == {"proxy"}


def test_each_variable_asked_for_is_in_the_example(compose):
    source = (BASE_DIR / "docker-compose.yml").read_text()
    required = set(re.findall(r"(?<!\$)\$\{(\w+)(?::\?[^}]*)?\}", source))
    example = (BASE_DIR / ".env.example").read_text()
    given = set(re.findall(r"^(\w+)=", example, re.MULTILINE))

    assert required <= given


def test_image_runs_as_an_ordinary_user_and_builds_its_files():
    image = (BASE_DIR / "Dockerfile").read_text()

    assert re.search(r"^USER sales$", image, re.MULTILINE)
    assert "manage.py compile_translations" in image
    assert "manage.py collectstatic" in image
