"""Reads the text format in which Russian banks give statements to accounting (1CClientBankExchange).

A file is a header, sections of accounts and sections of documents, each line "Key=value". It is
written in windows-1251, in cp866 ("Кодировка=DOS") or, by some banks, in UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

SIGNATURE = "1CClientBankExchange"
DOCUMENT, END_OF_DOCUMENT = "СекцияДокумент", "КонецДокумента"
ACCOUNT = "РасчСчет"
INN_AT_START = re.compile(r"^\s*ИНН\s*(\d{10}(?:\d{2})?)\s*", re.IGNORECASE)
# Digits 6-8 of an account name its currency; 810 is the rouble's old code, still used by banks.
ACCOUNT_CURRENCIES = {"810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY"}
LONGEST_FILE = 20_000


class NotAStatement(ValueError):
    """The file cannot be taken; `code` says why: "not_exchange", "empty", "too_long"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Document:
    """A payment that came to one of our accounts; `day` is when the money came."""

    line: int
    number: str
    day: date
    amount: Decimal
    currency: str
    account: str
    payer: str = ""
    payer_inn: str = ""
    payer_kpp: str = ""
    payer_account: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Fault:
    """A document that cannot be read: its first line, the field and what stood there."""

    line: int
    name: str
    value: str


@dataclass
class Statement:
    """`outgoing` counts documents by which money left, `is_cut` a file without its last line."""

    accounts: list[str] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    outgoing: int = 0
    is_cut: bool = True


@dataclass
class Section:
    """The lines of one document as they stood."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    is_closed: bool = False

    def text(self, *names: str) -> str:
        """The first of the fields that is filled."""
        return next((self.values[name] for name in names if self.values.get(name)), "")


class Unreadable(ValueError):
    def __init__(self, name: str, value: str) -> None:
        super().__init__(name)
        self.name, self.value = name, value


def decoded(content: bytes) -> str:
    """The text: UTF-8 where it is that, else as the header says, else windows-1251."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        is_dos = "Кодировка=DOS" in content[:2000].decode("cp866", "replace")
        return content.decode("cp866" if is_dos else "cp1251", "replace")


def read_statement(content: bytes) -> Statement:
    """Incoming documents of the file. Raises NotAStatement."""
    lines = decoded(content).replace("\x00", "").splitlines()
    if not lines or not any(line.strip() for line in lines):
        raise NotAStatement("empty")
    if lines[0].strip() != SIGNATURE:
        raise NotAStatement("not_exchange")
    statement = Statement(accounts=accounts_of(lines))
    statement.is_cut = "КонецФайла" not in (line.strip() for line in lines[-5:])
    for count, section in enumerate(sections_of(lines), 1):
        if count > LONGEST_FILE:
            raise NotAStatement("too_long")
        add_document(statement, section)
    return statement


def accounts_of(lines: list[str]) -> list[str]:
    """Our own accounts, as the header and the sections of accounts name them."""
    named = (line.partition("=")[2].strip() for line in lines if line.startswith(f"{ACCOUNT}="))
    return list(dict.fromkeys(filter(None, named)))


def sections_of(lines: list[str]) -> Iterator[Section]:
    section: Section | None = None
    for number, line in enumerate(lines, 1):
        name, _sign, value = line.strip().partition("=")
        if name == DOCUMENT:
            if section:
                yield section
            section = Section(number)
        elif name == END_OF_DOCUMENT and section:
            section.is_closed = True
            yield section
            section = None
        elif section is not None:
            section.values.setdefault(name, value.strip())
    if section:
        yield section


def add_document(statement: Statement, section: Section) -> None:
    if not is_incoming(section, statement.accounts):
        statement.outgoing += 1
        return
    try:
        statement.documents.append(document_of(section))
    except Unreadable as fault:
        statement.faults.append(Fault(section.line, fault.name, fault.value[:100]))


def is_incoming(section: Section, accounts: list[str]) -> bool:
    """The receiver's account is ours; where the file names no account, the day of arrival tells."""
    receiver = section.text("ПолучательСчет", "ПолучательРасчСчет")
    if accounts and receiver:
        return receiver in accounts
    return bool(section.text("ДатаПоступило"))


def document_of(section: Section) -> Document:
    if not section.is_closed:
        raise Unreadable(END_OF_DOCUMENT, "")
    account = section.text("ПолучательСчет", "ПолучательРасчСчет")
    payer = section.text("Плательщик1", "Плательщик")
    known = INN_AT_START.match(payer)
    return Document(
        line=section.line,
        number=section.text("Номер")[:50],
        day=day_of(section, "ДатаПоступило", "Дата"),
        amount=amount_of(section),
        currency=ACCOUNT_CURRENCIES.get(account[5:8], "RUB"),
        account=account[:40],
        payer=INN_AT_START.sub("", payer)[:255],
        payer_inn=section.text("ПлательщикИНН") or (known.group(1) if known else ""),
        payer_kpp=section.text("ПлательщикКПП")[:9],
        payer_account=section.text("ПлательщикСчет", "ПлательщикРасчСчет")[:40],
        purpose=purpose_of(section)[:1000],
    )


def day_of(section: Section, *names: str) -> date:
    text = section.text(*names)
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise Unreadable(names[-1], text) from None


def amount_of(section: Section) -> Decimal:
    text = section.text("Сумма")
    try:
        amount = Decimal(text.replace(",", ".").replace(" ", "").replace("\u00a0", ""))
    except InvalidOperation:
        raise Unreadable("Сумма", text) from None
    if not amount.is_finite() or not 0 < amount < Decimal("1e12"):
        raise Unreadable("Сумма", text)
    if amount != amount.quantize(Decimal("0.01")):
        raise Unreadable("Сумма", text)
    return amount.quantize(Decimal("0.01"))


def purpose_of(section: Section) -> str:
    """The purpose in one line: it may be split over fields with numbers."""
    whole = section.text("НазначениеПлатежа")
    parts = (section.text(f"НазначениеПлатежа{number}") for number in range(1, 7))
    return whole or " ".join(filter(None, parts))
