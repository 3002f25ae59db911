"""Numbers that look right and belong to nobody."""

import random

# No tax office has the code 00, so such an INN is never issued.
REGION = "00"
COMPANY_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)
PERSON_WEIGHTS = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя ",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch * y * e yu ya -".split(),
        strict=True,
    )
)


def check_digit(digits: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 % 10)


def company_inn(number: int) -> str:
    digits = f"{REGION}{number:07d}"
    return digits + check_digit(digits, COMPANY_WEIGHTS)


def person_inn(number: int) -> str:
    digits = f"{REGION}{number:08d}"
    for weights in PERSON_WEIGHTS:
        digits += check_digit(digits, weights)
    return digits


def kpp(number: int) -> str:
    return f"{REGION}{number % 90 + 10:02d}01001"


def phone(rng: random.Random) -> str:
    """A mobile number whose subscriber part begins with 00."""
    return f"+79{rng.randrange(10, 100)}00{rng.randrange(10**5):05d}"


def latin(text: str) -> str:
    """The text in Latin letters, for an address: other signs are dropped."""
    return "".join(LATIN.get(letter, "") for letter in text.lower()).replace("*", "")
