"""Reads the files of the folder; whatever is read knows its file and its line."""
import csv
import io
import json
import os
import re

from .places import HERE, Object, Row, fail, keys_twice, placed, row_at

CODE = re.compile(r"^[a-z0-9][a-z0-9._-]*$")


def read_text(name):
    """The text of a file, nothing where it is none."""
    try:
        raw = open(os.path.join(HERE, name), "rb").read()
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        return fail("%s, line %d" % (name, raw.count(b"\n", 0, e.start) + 1), "expected UTF-8, found the byte %02x" % raw[e.start])
    except OSError as e:
        return fail("%s, line 1" % name, "expected a file that can be read: %s" % e.strerror)
    if text.startswith("\ufeff"):
        fail("%s, line 1" % name, "expected no byte order mark, found one")
    if "\r" in text:
        fail("%s, line %d" % (name, text.count("\n", 0, text.index("\r")) + 1), "expected LF at line ends, found CR")
    return text


def read_csv(name):
    text, rows = read_text(name), []
    if text is None:
        return rows
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    begins = 1
    try:
        header = next(reader, [])
        if not header:
            fail("%s, line 1" % name, "expected a header row, found nothing")
        begins = reader.line_num + 1
        for cells in reader:
            row = Row(zip(header, cells))
            row.file, row.line, begins = name, begins, reader.line_num + 1
            if len(cells) != len(header):
                fail(row_at(row), "expected %d cells, as the header has, found %d" % (len(header), len(cells)))
            else:
                rows.append(row)
    except csv.Error as e:
        fail("%s, line %d" % (name, begins), "expected a row of CSV, found %s" % e)
    return rows


def read_json(name):
    def no_constant(text):
        raise json.JSONDecodeError("no such value as %s" % text, source, source.index(text))
    source = read_text(name)
    if source is None:
        return Object()
    try:
        value = json.loads(source, parse_constant=no_constant)
    except json.JSONDecodeError as e:
        fail("%s, line %d" % (name, e.lineno), "expected JSON, found at column %d: %s" % (e.colno, e.msg))
        return Object()
    except RecursionError:
        fail("%s, line 1" % name, "expected fewer brackets inside each other")
        return Object()
    if not isinstance(value, dict):
        fail("%s, line 1" % name, "expected an object, found %s" % type(value).__name__)
        return Object()
    for key, line in keys_twice(source):
        fail("%s, line %d" % (name, line), "expected each name once in an object, found %s twice" % key)
    return placed(name, value)


CSV_KEYS = {  # file: columns that together are the key
    "task_rules.csv": ("rule_code",),
    "visit_scripts.csv": ("script_id", "part_code", "when"),
    "demonstrations.csv": ("code",),
    "event_prep.csv": ("code",),
    "checklists.csv": ("template_id", "item_code"),
    "checklist_readings.csv": ("template_id", "item_code", "reading_code"),
    "defect_catalogue.csv": ("code",),
    "trades.csv": ("trade_code",),
    "tools.csv": ("tool_code",),
    "rooms.csv": ("room_code",),
    "focus_tags.csv": ("tag_code",),
    "journey_steps.csv": ("code",),
    "document_kinds.csv": ("code",),
    "moments.csv": ("code",),
    "answer_codes.csv": ("group", "code"),
    "surveys.csv": ("question_id",),
    "tolerances.csv": ("ruleset", "grade", "rule_id"),
}
JSON_FILES = ["warranty_rules.json", "state_machines.json", "kpis.json", "vectors.json", "complaint_profiles.json", "demo_project.json", "delivery_risk.json", "patrols.json",
              "template_subsets.json"]
T = {name: read_csv(name) for name in CSV_KEYS}
J = {name: read_json(name) for name in JSON_FILES}


def split(cell):
    return [x for x in cell.split("|") if x]


def codes(name, column):
    return {row[column] for row in T[name]}


def group(name):
    """The codes of one closed list of answer_codes.csv."""
    found = {r["code"] for r in T["answer_codes.csv"] if r["group"] == name}
    if not found:
        fail("answer_codes.csv, line 1", "expected a group %s, found none" % name)
    return found
