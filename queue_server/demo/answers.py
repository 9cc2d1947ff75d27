"""What a simulated citizen writes into a form: made up, and right by the form's own schema.

Names, numbers and addresses belong to nobody; ID numbers have their check character all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from queue_server.demo.crowd import FAMILY_NAMES, GIVEN_NAMES
from queue_server.hall.identity import code_check_sign, id_check_sign
from queue_server.wire import Body

Value = str | int | bool

WORDS = {
    "business_name": "湖畔小吃店",
    "company_name": "湖畔机械有限公司",
    "trade_name_1": "湖畔小吃店",
    "trade_name_2": "古楼小吃店",
    "loan_bank": "工商银行聊城分行",
    "bank_name": "工商银行聊城分行",
    "matter": "办理窗口业务",
    "missing": "场地租赁合同",
    "proof": "居住证明",
    "scope": "餐饮服务",
    "route": "湖南路—柳园路",
    "plate_number": "鲁P12345",
    "contract_number": "HT-2026-0101",
    "bank_account": "6222020000000000",
}
"""What fits a field of this name; others get an address, or a person's name."""
ADDRESS = "柳园街道古楼街 8 号"
OLDEST, YOUNGEST = date(1950, 1, 1), date(2005, 12, 31)


def answers(form: Body, regions: Body, today: date, random: Random) -> dict[str, Value]:
    """What must be filled in of a form as `GET /forms/{id}` describes it."""
    written: dict[str, Value] = {}
    for one in form["fields"]:
        when = one["when"]
        if one["required"] and (when is None or str(written.get(when["field"])) in when["is"]):
            rules = form["schema"]["properties"][one["name"]]
            written[one["name"]] = _answer(one, rules, regions, today, random)
    return written


def _answer(one: Body, rules: Body, regions: Body, today: date, random: Random) -> Value:
    if one["keyboard"] == "agree":
        return True
    if one["choices"]:
        return str(random.choice(one["choices"])["value"])
    if one["type"] in ("integer", "number"):
        return int(max(1, rules.get("minimum", 1)) + 1)
    if (form := FORMATS.get(rules.get("format", ""))) is not None:
        return form(today, random)
    if rules.get("format") == "region":
        district = random.choice(regions["districts"])
        return f"{regions['city']['zh']}/{district['name']['zh']}/{random.choice(district['towns'])}"
    if one["name"].endswith("_name") and one["name"] not in WORDS:
        return random.choice(FAMILY_NAMES) + random.choice(GIVEN_NAMES)
    return WORDS.get(one["name"], ADDRESS)


def _id_number(_today: date, random: Random) -> str:
    born = OLDEST + timedelta(days=random.randrange((YOUNGEST - OLDEST).days))
    first = f"371502{born:%Y%m%d}{random.randrange(1000):03}"
    return first + id_check_sign(first)


def _mobile(_today: date, random: Random) -> str:
    return f"138{random.randrange(10**8):08}"


def _credit_code(_today: date, random: Random) -> str:
    first = f"92371502MA3C{random.randrange(10**5):05}"
    return first + code_check_sign(first)


def _day(today: date, _random: Random) -> str:
    return today.isoformat()


FORMATS: dict[str, Callable[[date, Random], str]] = {
    "resident-id": _id_number,
    "mobile": _mobile,
    "phone": _mobile,
    "credit-code": _credit_code,
    "date": _day,
    "past-date": _day,
    "coming-date": _day,
}
"""By the schema's `format`."""
