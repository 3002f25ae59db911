"""Letters from a mailbox: saved as .eml files, uploaded many at once."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.core.access import requires
from apps.core.importing.intake import clean_name
from apps.core.importing.limits import MEGABYTE
from apps.core.uploads import takes_upload
from apps.deals.actions.letters import Fated, log_letters
from apps.deals.choices import LetterFate
from apps.deals.forms.mail import LettersForm
from apps.deals.mail.reading import Letter, UnreadableLetter, read_letter

# A letter with attachments may be long; a year's mailbox is not for a web form.
MAX_BYTES = 30 * MEGABYTE
MAX_LETTERS = 200
TONES = {LetterFate.KEPT: "good", LetterFate.KNOWN: ""}


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.add_activity")
@takes_upload(MAX_BYTES)
def letters(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return show(request, LettersForm())
    form = LettersForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, form, status=422)
    read: dict[str, Letter | None] = {}
    for upload in form.cleaned_data["letters"][:MAX_LETTERS]:
        read[clean_name(upload.name)] = letter_of(upload.read())
    logged = log_letters([letter for letter in read.values() if letter], by=request.user)
    by_key = {one.letter.key: one for one in logged}
    rows = [row_of(name, letter and by_key[letter.key]) for name, letter in read.items()]
    return show(request, LettersForm(), rows=rows)


def letter_of(content: bytes) -> Letter | None:
    try:
        return read_letter(content)
    except UnreadableLetter:
        return None


def row_of(name: str, one: Fated | None) -> dict[str, Any]:
    fate = one.fate if one else LetterFate.UNREADABLE
    return {
        "name": name,
        "letter": one and one.letter,
        "activity": one and one.activity,
        "fate": fate,
        "tone": TONES.get(fate, "warn"),
    }


def show(
    request: HttpRequest, form: LettersForm, *, rows: Any = (), status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "rows": rows,
        "kept": sum(row["fate"] == LetterFate.KEPT for row in rows),
        "limit": MAX_BYTES // MEGABYTE,
        "most": MAX_LETTERS,
    }
    return render(request, "deals/letters.html", context, status=status)
