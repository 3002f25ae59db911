import copy
import io
import json
import logging
import logging.config

import pytest
from celery import current_app
from django.conf import settings

from apps.core import logs


@pytest.fixture
def json_log():
    """A logger set up by the settings as in production; the lines that it wrote."""
    written = io.StringIO()
    configuration = copy.deepcopy(settings.LOGGING)
    handler = logging.config.BaseConfigurator(configuration)
    formatter = handler.config["formatters"]["json"]
    built = logging.config.DictConfigurator(configuration).configure_formatter(formatter)
    stream = logging.StreamHandler(written)
    stream.setFormatter(built)
    stream.addFilter(logs.ContextFilter())
    logger = logging.getLogger("sales.test-of-logs")
    logger.addHandler(stream)
    logger.setLevel(logging.INFO)
    logger.lines = lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    yield logger
    logger.removeHandler(stream)


def test_line_is_one_object_that_names_request_and_person(json_log):
    logs.request_id.set("0123456789abcdef")
    logs.user_id.set(7)

    json_log.warning("the broker is down\nsecond line")

    (line,) = json_log.lines()
    assert line.pop("asctime")
    assert line == {
        "levelname": "WARNING",
        "name": "sales.test-of-logs",
        "message": "the broker is down\nsecond line",
        "request_id": "0123456789abcdef",
        "user_id": 7,
        "task_id": None,
    }


def test_line_of_a_task_names_it(json_log):
    @current_app.task(name="tests.log_something")
    def log_something():
        json_log.info("working")

    log_something.apply(task_id="task-1")

    assert [line["task_id"] for line in json_log.lines()] == ["task-1"]


def test_error_keeps_its_trace_on_the_same_line(json_log):
    try:
        raise ValueError("wrong sum")
    except ValueError:
        json_log.exception("failed")

    (line,) = json_log.lines()
    assert line["exc_info"].endswith("ValueError: wrong sum")
