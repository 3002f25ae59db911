"""What a form is bound to."""


def sent(request):
    """What was posted, an empty form too; None to show the form first."""
    return request.POST if request.method == "POST" else None
