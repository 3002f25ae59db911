"""Bank statements for tests, in the format that client-banks write for 1C."""

OURS = "40702810900000012345"
FOREIGN = "40702810100000054321"

HEADER = """1CClientBankExchange
ВерсияФормата=1.03
Кодировка={encoding}
Отправитель=Клиент-банк
ДатаСоздания=03.11.2026
ДатаНачала=01.11.2026
ДатаКонца=03.11.2026
РасчСчет={account}
СекцияРасчСчет
ДатаНачала=01.11.2026
РасчСчет={account}
НачальныйОстаток=100.00
КонецРасчСчет
"""


def document(amount, inn="", *, number="17", purpose="", day="02.11.2026", **fields):
    """A payment order by which money came to us; `fields` replace or add lines."""
    values = {
        "Номер": number,
        "Дата": day,
        "Сумма": amount,
        "ПлательщикСчет": FOREIGN,
        "ДатаПоступило": day,
        "Плательщик": f'ИНН {inn} ООО "Плательщик"' if inn else 'ООО "Плательщик"',
        "ПлательщикИНН": inn,
        "ПолучательСчет": OURS,
        "ПолучательИНН": "7700000016",
        "НазначениеПлатежа": purpose,
        **fields,
    }
    lines = "\n".join(f"{name}={value}" for name, value in values.items() if value is not None)
    return f"СекцияДокумент=Платежное поручение\n{lines}\nКонецДокумента\n"


def statement(*documents, encoding="cp1251", account=OURS, end="КонецФайла\n"):
    """The file as bytes."""
    named = {"cp1251": "Windows", "cp866": "DOS", "utf-8": "UTF-8"}[encoding]
    header = HEADER.format(encoding=named, account=account)
    return (header + "".join(documents) + end).replace("\n", "\r\n").encode(encoding)
