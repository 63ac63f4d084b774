"""Reads the files of the folder; whatever is read knows its file and its line."""
import csv
import io
import json
import os
import re

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CODE = re.compile(r"^[a-z0-9][a-z0-9._-]*$")
errors = []


def fail(where, text):
    errors.append("%s: %s" % (where, text))


class Row(dict):
    """A row of a table that knows where it stands."""
    file, line = "", 0


def row_at(row, column=""):
    return "%s, line %d%s" % (row.file, row.line, column and ", " + column)


def path_at(name, path):
    """Where the value of a path such as machines[0].transitions[2].to stands in a JSON file."""
    text = open(os.path.join(HERE, name), encoding="utf-8").read()
    space, decoder, i = re.compile(r"[\s:,]*"), json.JSONDecoder(), 0
    for step in re.findall(r"[^.\[\]]+", path):
        i, n = space.match(text, i).end(), 0
        is_object = text[i] == "{"
        i = space.match(text, i + 1).end()
        while text[i] not in "}]":
            key = str(n)
            if is_object:
                key, i = json.decoder.scanstring(text, i + 1)
                i = space.match(text, i).end()
            if key == step:
                break
            i, n = space.match(text, decoder.raw_decode(text, i)[1]).end(), n + 1
    return "%s, line %d, %s" % (name, text.count("\n", 0, space.match(text, i).end()) + 1, path)


def read_csv(name):
    raw = open(os.path.join(HERE, name), "rb").read()
    if raw.startswith(b"\xef\xbb\xbf"):
        fail(name, "has a byte order mark")
    if b"\r" in raw:
        fail(name, "has CR line ends")
    reader = csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True)
    header, rows, begins = next(reader), [], reader.line_num + 1
    for cells in reader:
        row = Row(zip(header, cells))
        row.file, row.line, begins = name, begins, reader.line_num + 1
        if len(cells) != len(header):
            fail(row_at(row), "expected %d cells, as the header has, found %d" % (len(header), len(cells)))
        else:
            rows.append(row)
    return rows


def read_json(name):
    def no_key_twice(pairs):
        if len({k for k, _ in pairs}) != len(pairs):
            fail(name, "a key twice in one object: %s" % [k for k, _ in pairs])
        return dict(pairs)
    return json.loads(open(os.path.join(HERE, name), encoding="utf-8").read(), object_pairs_hook=no_key_twice)


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
        fail("answer_codes.csv", "no group %s" % name)
    return found
