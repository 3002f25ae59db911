from datetime import date

from apps.deals.choices import Outcome
from apps.staff.actions import dismiss
from apps.staff.leaving import left_by
from tests.factories.deals import DealFactory, RefusalReasonFactory, staged_pipeline


def test_dismissal_hands_open_deals_to_the_lead_and_leaves_closed_ones(seller, lead, hr):
    pipeline = staged_pipeline()
    ours = DealFactory(owner=seller, pipeline=pipeline, client=None)
    lost = DealFactory(
        owner=seller,
        pipeline=pipeline,
        client=None,
        stage=pipeline.stages.get(name="Отказ"),
        outcome=Outcome.LOST,
        closed_on=date(2026, 10, 1),
        refusal_reason=RefusalReasonFactory(),
    )
    assert [str(left.label) for left in left_by(seller)] == ["открытые сделки"]

    dismiss(seller, date(2026, 11, 2), by=hr, to=lead)

    for deal in (ours, lost):
        deal.refresh_from_db()
    assert (ours.owner, ours.version) == (lead, 2)
    assert lost.owner == seller
