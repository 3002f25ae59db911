"""Competitors, acts of trust and the tree of reasons, as they are set."""

import pytest
from django.urls import reverse

from apps.deals.models import Competitor, RefusalReason, TrustSignal
from tests.factories.deals import RefusalReasonFactory
from tests.factories.losses import CompetitorFactory, TrustSignalFactory, lost_deal

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"deals:{name}", args=args)


def test_the_head_keeps_the_dictionary_of_competitors(client, head):
    client.force_login(head)

    client.post(address("loss_setting_create", "competitor"), {"name": " Альфа "})
    same = client.post(address("loss_setting_create", "competitor"), {"name": "альфа"})

    assert same.status_code == 422
    assert [row.name for row in Competitor.objects.all()] == ["Альфа"]


def test_two_editors_of_an_act_the_second_sees_both_versions(client, head, stages):
    act = TrustSignalFactory(stage=stages.quote, weight=10)
    client.force_login(head)
    form = {"name": "Назвал бюджет", "hint": "", "weight": "30", "version": "1"}

    client.post(address("loss_setting_edit", "act", act.pk), form)
    late = client.post(address("loss_setting_edit", "act", act.pk), form | {"weight": "50"})

    act.refresh_from_db()
    assert (act.name, act.weight, act.version) == ("Назвал бюджет", 30, 2)
    assert late.status_code == 409
    assert [entry.weight for entry in act.events.order_by("pgh_id")] == [10, 30]


@pytest.mark.parametrize("weight", ["0", "101", "много"])
def test_a_weight_is_from_1_to_100(client, head, stages, weight):
    client.force_login(head)

    response = client.post(
        address("loss_setting_create", "act"),
        {"name": "Назвал бюджет", "stage": stages.quote.pk, "weight": weight},
    )

    assert response.status_code == 422
    assert not TrustSignal.objects.exists()


def test_an_act_stands_in_an_open_stage(client, head, stages):
    client.force_login(head)
    form = {"name": "Назвал бюджет", "weight": "20"}
    url = address("loss_setting_create", "act")

    assert client.post(url, form | {"stage": stages.won.pk}).status_code == 422
    client.post(url, form | {"stage": stages.quote.pk})

    assert TrustSignal.objects.get().stage == stages.quote


def test_removed_is_offered_no_more_and_can_come_back(client, head, seller, stages, reason):
    rival = CompetitorFactory(name="Альфа")
    deal = lost_deal(owner=seller, at=stages.quote, reason=reason, competitor=rival)
    client.force_login(head)

    client.post(address("loss_setting_archive", "competitor", rival.pk))
    assert not Competitor.objects.kept().exists()
    deal.refresh_from_db()
    assert deal.competitor == rival

    client.post(address("loss_setting_restore", "competitor", rival.pk))
    assert list(Competitor.objects.kept()) == [rival]


def test_what_has_a_namesake_does_not_come_back(client, head):
    rival = CompetitorFactory(name="Альфа")
    client.force_login(head)
    client.post(address("loss_setting_archive", "competitor", rival.pk))
    CompetitorFactory(name="альфа")

    client.post(address("loss_setting_restore", "competitor", rival.pk))

    rival.refresh_from_db()
    assert rival.archived_at is not None


def test_the_usual_acts_come_by_one_button(client, head, pipeline):
    client.force_login(head)

    client.post(address("trust_acts_usual"))

    assert TrustSignal.objects.filter(stage__pipeline=pipeline).count() == 5
    assert client.get(address("trust_act_list")).context["has_acts"]


def test_the_tree_of_reasons_has_two_levels(client, admin):
    branch = RefusalReasonFactory(name="Цена")
    RefusalReasonFactory(name="Дорого", parent=branch)
    other = RefusalReasonFactory(name="Прочее")
    client.force_login(admin)

    response = client.post(
        address("setting_edit", "reason", branch.pk),
        {"name": "Цена", "parent": other.pk, "is_controllable": "on", "order": "0"},
    )

    assert response.status_code == 422
    branch.refresh_from_db()
    assert branch.parent is None


def test_influence_is_edited(client, admin):
    reason = RefusalReasonFactory(name="Нет бюджета")
    client.force_login(admin)

    client.post(address("setting_edit", "reason", reason.pk), {"name": "Нет бюджета", "order": "1"})

    assert RefusalReason.objects.get(pk=reason.pk).is_controllable is False


def test_a_loss_offers_kept_competitors(client, seller, pipeline, stages, deal):
    kept = CompetitorFactory(name="Альфа")
    CompetitorFactory(name="Бета", archived_at="2026-11-01T00:00Z")
    client.force_login(seller)

    form = client.get(address("deal_move", deal.pk, stages.lost.pk)).context["form"]

    assert list(form.fields["competitor"].queryset) == [kept]
