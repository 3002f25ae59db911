"""Pipelines, products and reasons as an administrator sets them."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from apps.deals.actions import create_default_pipeline, not_stated_reason
from apps.deals.actions.settings import archive_setting, make_default, shift_stage
from apps.deals.forms.settings import PercentField
from apps.deals.models import Pipeline, Product, Stage
from tests.factories.deals import DealFactory, PipelineFactory, ProductFactory

pytestmark = pytest.mark.django_db

LISTS = ("pipeline_list", "product_list", "reason_list")


def test_the_usual_pipelines_are_made_once():
    main = create_default_pipeline()
    again = create_default_pipeline()

    assert main == again
    kinds = [list(one.stages.values_list("kind", flat=True)) for one in Pipeline.objects.all()]
    assert kinds == [
        ["lead", "open", "open", "open", "open", "won", "lost"],
        ["lead", "open", "open", "won", "lost"],
    ]
    shares = list(main.stages.values_list("probability", flat=True))
    assert shares == [Decimal(text) for text in ("0.05", "0.15", "0.3", "0.5", "0.75", "1", "0")]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("role", "status"), [("admin", 200), ("head", 200), ("lead", 403), ("seller", 403)]
)
def test_who_sees_the_settings(client, people, pipeline, name, role, status):
    client.force_login(people[role])

    assert client.get(reverse(f"deals:{name}")).status_code == status


def test_the_head_looks_but_does_not_touch(client, head, pipeline, stages):
    client.force_login(head)

    for url in (
        reverse("deals:setting_edit", args=["stage", stages.quote.pk]),
        reverse("deals:setting_create", args=["product"]),
        reverse("deals:setting_archive", args=["stage", stages.quote.pk]),
        reverse("deals:stage_shift", args=[stages.quote.pk, "up"]),
    ):
        assert client.post(url, {"name": "Моё"}).status_code == 403
    stages.quote.refresh_from_db()
    assert (stages.quote.name, stages.quote.order) == ("КП", 2)


def test_a_stage_is_changed_in_percent_and_days(client, admin, stages):
    client.force_login(admin)
    form = {
        "name": "КП у клиента",
        "order": "2",
        "probability": "37.5",
        "max_idle_days": "4",
        "exit_fields": ["client", "amount"],
        "guidance": "Позвонить",
        "version": "1",
    }

    client.post(reverse("deals:setting_edit", args=["stage", stages.quote.pk]), form)

    stages.quote.refresh_from_db()
    assert (stages.quote.name, stages.quote.probability) == ("КП у клиента", Decimal("0.375"))
    assert (stages.quote.exit_fields, stages.quote.kind) == (["client", "amount"], "open")
    late = client.post(reverse("deals:setting_edit", args=["stage", stages.quote.pk]), form)
    assert late.status_code == 409


def test_the_end_of_a_pipeline_asks_for_nothing(client, admin, stages):
    client.force_login(admin)

    client.post(
        reverse("deals:setting_edit", args=["stage", stages.won.pk]),
        {
            "name": "Победа",
            "order": "4",
            "probability": "5",
            "max_idle_days": "0",
            "exit_fields": ["amount"],
            "version": "1",
        },
    )

    stages.won.refresh_from_db()
    assert (stages.won.name, stages.won.probability, stages.won.exit_fields) == ("Победа", 1, [])


def test_a_second_end_is_refused(client, admin, pipeline):
    client.force_login(admin)

    response = client.post(
        f"{reverse('deals:setting_create', args=['stage'])}?pipeline={pipeline.pk}",
        {
            "name": "Ещё победа",
            "kind": "won",
            "order": "9",
            "probability": "100",
            "max_idle_days": "0",
        },
    )

    assert response.status_code == 422
    assert pipeline.stages.count() == 5


def test_a_product_is_added(client, admin):
    client.force_login(admin)

    client.post(
        reverse("deals:setting_create", args=["product"]),
        {"name": "Щит", "list_price": "12 500,00", "vat_rate": "20"},
    )

    product = Product.objects.get()
    assert (product.list_price, product.vat_rate, product.cost) == (
        Decimal("12500.00"),
        Decimal("0.2"),
        None,
    )


def test_a_second_product_of_a_name_is_refused(client, admin):
    product = ProductFactory()
    client.force_login(admin)

    response = client.post(
        reverse("deals:setting_create", args=["product"]),
        {"name": product.name, "list_price": "1", "vat_rate": "20"},
    )

    assert response.status_code == 422
    assert Product.objects.count() == 1


def test_stages_change_places(admin, pipeline, stages):
    shift_stage(stages.contract, by=admin, up=True)
    shift_stage(stages.lead, by=admin, up=True)

    names = list(pipeline.stages.order_by("order").values_list("name", flat=True))
    assert names == ["Запрос", "Договор", "КП", "Оплата", "Отказ"]


def test_a_stage_with_open_deals_stays(client, admin, seller, pipeline, stages):
    DealFactory(owner=seller, pipeline=pipeline)
    client.force_login(admin)

    client.post(reverse("deals:setting_archive", args=["stage", stages.lead.pk]))
    client.post(reverse("deals:setting_archive", args=["stage", stages.contract.pk]))

    kept = set(Stage.objects.kept().values_list("name", flat=True))
    assert "Запрос" in kept
    assert "Договор" not in kept


def test_the_reason_of_imports_stays(client, admin):
    reason = not_stated_reason()
    client.force_login(admin)

    client.post(reverse("deals:setting_archive", args=["reason", reason.pk]))

    reason.refresh_from_db()
    assert reason.archived_at is None


def test_one_pipeline_is_for_new_deals(admin, pipeline):
    other = PipelineFactory()

    make_default(other, by=admin)

    assert list(Pipeline.objects.filter(is_default=True)) == [other]


def test_others_set_nothing_up(head):
    product = ProductFactory()

    with pytest.raises(PermissionDenied):
        archive_setting(product, by=head)

    product.refresh_from_db()
    assert product.archived_at is None


@pytest.mark.parametrize(
    ("share", "shown"), [("0.2", "20"), ("1", "100"), ("0.075", "7.5"), ("0", "0")]
)
def test_a_share_is_shown_as_a_person_would_type_it(share, shown):
    assert PercentField().prepare_value(Decimal(share)) == shown
