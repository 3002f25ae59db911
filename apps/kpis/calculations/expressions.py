"""Formulas of one's own over metrics: arithmetic read by a parser of our own, never by Python.

    formula = term (("+" | "−") term)*
    term    = factor (("×" | "÷") factor)*
    factor  = "−" factor | number | code | ("min" | "max") "(" formula ("," formula)* ")" | "(" formula ")"

"*", "/" and "-" are taken for their printed sisters. There are no attributes, no powers, no words
besides codes of metrics: what is not in the grammar is refused with the place where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Overflow
from typing import NoReturn

LONGEST, DEEPEST, MOST_DIGITS = 200, 20, 12
# A figure beyond this is a slip of the pen, not a figure.
GREATEST = Decimal(10) ** 18
EXACT = Context(prec=40)

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*/−×÷(),;]))"
)
SPACES = re.compile(r"\s*")
SAME_SIGN = {"-": "−", "*": "×", "/": "÷", ";": ","}
CHOOSERS: dict[str, Callable[..., Decimal]] = {"min": min, "max": max}

Values = Mapping[str, Decimal | None]


class ExpressionError(ValueError):
    """`code` says what is wrong, `place` is the first wrong sign counted from 1, `found` that sign.

    Codes: "empty", "too_long", "too_deep", "big_number", "sign" (not of the grammar), "unknown" (no
    such metric), "value" (a number, a code or a bracket is wanted here), "closing" (a bracket is not
    closed), "rest" (the formula has ended before).
    """

    def __init__(self, code: str, place: int = 1, found: str = "") -> None:
        super().__init__(f"{code} at {place}: {found}")
        self.code, self.place, self.found = code, place, found


@dataclass(frozen=True)
class Node:
    """A leaf (`number` or `name`) or an operation over `parts`; one part with "−" is a negation."""

    sign: str = ""
    parts: tuple[Node, ...] = ()
    number: Decimal | None = None
    name: str = ""


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    place: int


def parse(text: str, codes: object) -> Node:
    """The tree of `text`; `codes` holds the metrics that it may name.

    Raises ExpressionError.
    """
    if len(text) > LONGEST:
        raise ExpressionError("too_long", LONGEST + 1, text[LONGEST])
    tokens = _tokens(text)
    if not tokens:
        raise ExpressionError("empty")
    reader = _Reader(tokens, len(text), codes)
    tree = reader.formula(1)
    reader.ends()
    return tree


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    while SPACES.match(text, at).end() < len(text):  # type: ignore[union-attr]
        found = TOKEN.match(text, at)
        if found is None:
            at = SPACES.match(text, at).end()  # type: ignore[union-attr]
            raise ExpressionError("sign", at + 1, text[at])
        kind = str(found.lastgroup)
        tokens.append(Token(kind, found[kind], found.start(kind) + 1))
        at = found.end()
    return tokens


class _Reader:
    """Reads the tokens from the left, once; a function a line of the grammar."""

    def __init__(self, tokens: list[Token], length: int, codes: object) -> None:
        self.tokens, self.codes, self.at = tokens, codes, 0
        self.end = Token("end", "", length + 1)

    def formula(self, depth: int) -> Node:
        return self._chain(self._term, "+−", depth)

    def _term(self, depth: int) -> Node:
        return self._chain(self._factor, "×÷", depth)

    def _chain(self, part: Callable[[int], Node], signs: str, depth: int) -> Node:
        tree = part(depth)
        while sign := self._taken(signs):
            tree = Node(sign, (tree, part(depth)))
        return tree

    def _factor(self, depth: int) -> Node:
        token = self._next()
        if depth > DEEPEST:
            self._refuse("too_deep", token)
        if self._taken("−"):
            return Node("−", (self._factor(depth + 1),))
        if self._taken("("):
            return self._closed(self.formula(depth + 1))
        if token.kind == "number":
            return self._number(token)
        if token.kind == "name":
            return self._named(token, depth)
        self._refuse("value", token)

    def _number(self, token: Token) -> Node:
        if len(token.text) > MOST_DIGITS:
            self._refuse("big_number", token)
        self.at += 1
        return Node(number=Decimal(token.text))

    def _named(self, token: Token, depth: int) -> Node:
        self.at += 1
        if token.text in CHOOSERS and self._taken("("):
            parts = [self.formula(depth + 1)]
            while self._taken(","):
                parts.append(self.formula(depth + 1))
            return self._closed(Node(token.text, tuple(parts)))
        if token.text not in self.codes:  # type: ignore[operator]
            self._refuse("unknown", token)
        return Node(name=token.text)

    def _closed(self, tree: Node) -> Node:
        if not self._taken(")"):
            self._refuse("closing", self._next())
        return tree

    def ends(self) -> None:
        if self._next().kind != "end":
            self._refuse("rest", self._next())

    def _next(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else self.end

    def _taken(self, signs: str) -> str:
        """The next token, if it is one of `signs`, and go on after it; else nothing."""
        token = self._next()
        sign = SAME_SIGN.get(token.text, token.text)
        if token.kind != "sign" or sign not in signs:
            return ""
        self.at += 1
        return sign

    def _refuse(self, code: str, token: Token) -> NoReturn:
        raise ExpressionError(code, token.place, token.text)


def names(tree: Node) -> set[str]:
    """The metrics that the formula asks for."""
    return {tree.name} - {""} | {name for part in tree.parts for name in names(part)}


def evaluate(tree: Node, values: Values) -> Decimal | None:
    """What the formula comes to; None when a metric is not known or something is divided by 0."""
    if tree.name:
        return values.get(tree.name)
    if tree.number is not None:
        return tree.number
    parts = [evaluate(part, values) for part in tree.parts]
    known = [part for part in parts if part is not None]
    return _operated(tree.sign, known) if len(known) == len(parts) else None


def _operated(sign: str, parts: list[Decimal]) -> Decimal | None:
    first, last = parts[0], parts[-1]
    try:
        result = _result(sign, first, last, parts)
    except Overflow:
        return None
    return result if result is not None and abs(result) <= GREATEST else None


def _result(sign: str, first: Decimal, last: Decimal, parts: list[Decimal]) -> Decimal | None:
    if sign in CHOOSERS:
        return CHOOSERS[sign](parts)
    if sign == "÷":
        return EXACT.divide(first, last) if last else None
    if sign == "×":
        return EXACT.multiply(first, last)
    if sign == "+":
        return EXACT.add(first, last)
    return EXACT.subtract(first, last) if len(parts) == 2 else -first


def settled(text: str) -> str:
    """The formula as it is kept: without spaces, with printed signs, so that equal ones are equal."""
    return "".join(SAME_SIGN.get(sign, sign) for sign in "".join(text.split()))
