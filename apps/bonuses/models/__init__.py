from apps.bonuses.models.back_tests import BackTest
from apps.bonuses.models.disputes import Dispute, DisputeMessage
from apps.bonuses.models.schemes import BonusScheme, SchemeVersion, Tier
from apps.bonuses.models.statements import Correction, Statement, StatementLine

__all__ = [
    "BackTest",
    "BonusScheme",
    "Correction",
    "Dispute",
    "DisputeMessage",
    "SchemeVersion",
    "Statement",
    "StatementLine",
    "Tier",
]
