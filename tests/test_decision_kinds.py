"""Every room that decides names its decisions: lists show words, not codes."""

from apps.bonuses.actions.schemes import DECISION as BONUS_SCHEME
from apps.core.decision_kinds import all_kinds, kind_of
from apps.deals.actions.help import DECISION as HELP
from apps.kpis.actions.contests import DECISION_KIND as CONTEST
from apps.kpis.actions.plan_decisions import KIND as PLAN
from apps.kpis.actions.schemes import DECISION as KPI_SCHEME
from apps.portfolio.actions.applying import DECISION_KIND as DISTRIBUTION
from apps.portfolio.actions.handover import DECISION_KIND as HANDOVER

WRITTEN = {BONUS_SCHEME, HELP, CONTEST, PLAN, KPI_SCHEME, DISTRIBUTION, HANDOVER}


def test_kinds_that_are_written_have_names():
    assert {kind.code for kind in all_kinds()} >= WRITTEN
    assert not {code for code in WRITTEN if str(kind_of(code).label) == code}
