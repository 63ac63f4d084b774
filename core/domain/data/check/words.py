"""Keys, order and wording of every table."""
import re

from .files import CODE, CSV_KEYS, J, JSON_FILES, T
from .places import at, fail, row_at


def check_keys():
    for name, key in CSV_KEYS.items():
        seen = set()
        for row in T[name]:
            k = tuple(row[c] for c in key)
            if k in seen:
                fail(row_at(row, key[-1]), "expected a key that no earlier row has, found %s" % (k,))
            seen.add(k)
            for c in key:
                if not CODE.match(row[c]) and not (name == "answer_codes.csv" and row["group"] == "severity"):
                    fail(row_at(row, c), "expected a stable code, found %s" % row[c])


def check_orders():
    """`order` never repeats inside the list that it sorts."""
    lists = {"focus_tags.csv": ("step_code",), "checklists.csv": ("template_id",), "checklist_readings.csv": ("template_id", "item_code"), "tolerances.csv": ("ruleset",), "answer_codes.csv": ("group",)}
    for name, rows in T.items():
        seen, last = set(), 0
        for row in rows:
            k = tuple(row[c] for c in lists.get(name, ())) + (int(row["order"]),)
            if k in seen:
                fail(row_at(row, "order"), "expected an order that no earlier row has, found %s" % (k,))
            seen.add(k)
            if name not in lists and int(row["order"]) <= last:
                fail(row_at(row, "order"), "expected an order that rises, found %s" % row["order"])
            last = int(row["order"])


OPTIONAL = {"options_zh", "options_en", "follow_up_options_zh", "follow_up_options_en", "choices_zh", "choices_en", "note_en"}


def check_wording():
    for name, rows in T.items():
        for row in rows:
            for c, value in row.items():
                if (c in ("zh", "en") or c.endswith("_zh") or c.endswith("_en")) and c not in OPTIONAL and not value.strip():
                    fail(row_at(row, c), "expected a text in both languages, found nothing")
                if value != value.strip():
                    fail(row_at(row, c), "expected no space at the edge, found %r" % value)
                if (c == "zh" or c.endswith("_zh")) and value and not re.search("[\u4e00-\u9fff]", value) and c not in OPTIONAL:
                    fail(row_at(row, c), "expected Chinese, found %s" % value)
                if (c == "en" or c.endswith("_en")) and re.search("[\u4e00-\u9fff]", value):
                    fail(row_at(row, c), "expected no Chinese, found %s" % value)

    for name in JSON_FILES:
        if name != "vectors.json":
            both_languages(J[name])


def both_languages(node):
    """Every text of a JSON file stands there in Chinese and in English."""
    if isinstance(node, dict):
        for k, x in node.items():
            for mine, other in (("zh", "en"), ("en", "zh")):
                if k == mine and other not in node:
                    fail(at(node, k), "expected a text in both languages, found one without %s" % other)
                if (k == mine or k.endswith("_" + mine)) and not (isinstance(x, str) and x.strip()):
                    fail(at(node, k), "expected a text in both languages, found nothing")
            both_languages(x)
    elif isinstance(node, list):
        for x in node:
            both_languages(x)
