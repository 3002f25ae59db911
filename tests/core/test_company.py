import pytest

from apps.core.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_running():
    Company.keep_for_request()
    yield
    Company.forget()


def test_before_the_set_up_there_are_defaults():
    company = Company.current()
    assert (company.name, company.currency, company.time_zone) == ("", "RUB", "Europe/Moscow")
    assert not Company.objects.exists()


def test_a_request_reads_the_company_once(request_running, django_assert_num_queries):
    Company.objects.create(pk=1, name="Ромашка")
    with django_assert_num_queries(1):
        names = {Company.current().name for _ in range(5)}
    assert names == {"Ромашка"}


def test_a_change_is_seen_at_once(request_running):
    Company.objects.create(pk=1, name="Ромашка")
    company = Company.current()
    company.name = "Василёк"
    assert Company.current().name == "Ромашка"
    company.save()
    assert Company.current().name == "Василёк"


def test_nothing_is_kept_from_request_to_request():
    Company.objects.create(pk=1, name="Ромашка")
    Company.keep_for_request()
    assert Company.current().name == "Ромашка"
    Company.forget()
    Company.objects.update(name="Василёк")
    assert Company.current().name == "Василёк"


def test_work_in_the_background_keeps_it_for_a_block(django_assert_num_queries):
    Company.objects.create(pk=1, name="Ромашка")
    with django_assert_num_queries(1), Company.kept():
        names = {Company.current().name for _ in range(5)}
    assert names == {"Ромашка"}

    Company.objects.update(name="Василёк")
    assert Company.current().name == "Василёк"


def test_requests_keep_and_forget_by_themselves(client, seller):
    Company.objects.create(pk=1, name="Ромашка")
    client.force_login(seller)
    assert "Ромашка" in client.get("/notifications/").content.decode()
    Company.objects.update(name="Василёк")
    assert "Василёк" in client.get("/notifications/").content.decode()
    assert Company.current().name == "Василёк"
