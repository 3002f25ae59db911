from apps.bonuses.forms.disputes import AcceptForm, AnswerForm, DeclineForm, DisputeForm
from apps.bonuses.forms.schemes import SchemeForm, StartForm, VersionForm
from apps.bonuses.forms.statements import BulkApproval, MonthChoice, WhatIfForm

__all__ = [
    "AcceptForm",
    "AnswerForm",
    "BulkApproval",
    "DeclineForm",
    "DisputeForm",
    "MonthChoice",
    "SchemeForm",
    "StartForm",
    "VersionForm",
    "WhatIfForm",
]
