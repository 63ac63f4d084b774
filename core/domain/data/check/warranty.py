"""Warranty rules."""
import re

from .expect import expect_at, is_date, once
from .files import CODE, J, codes
from .places import fail, path_at

MONTH_DAY = re.compile(r"^\d\d-\d\d$")


def check_warranty():
    w, d, defects = "warranty_rules.json", J["warranty_rules.json"], codes("defect_catalogue.csv", "code")
    once(w, "class_codes", d["class_codes"])
    for key in ("restart_events", "start_events", "profiles"):
        once(w, key, [x["code"] for x in d[key]], ".code")
    clauses = d["contract_clauses_example"]["clauses"]
    once(w, "contract_clauses_example.clauses", [c["code"] for c in clauses], ".code")
    for n, c in enumerate(clauses):
        for k, code in enumerate(c["defect_codes"]):
            expect_at(w, "contract_clauses_example.clauses[%d].defect_codes[%d]" % (n, k), code, defects, "defect")
    for n, mark in enumerate(d["date_rules"]["marks"]):
        for k, c in enumerate(mark["component_classes"]):
            expect_at(w, "date_rules.marks[%d].component_classes[%d]" % (n, k), c, set(d["class_codes"]), "class")
    for n, season in enumerate(d["season_rules"]["example_seasons"]):
        for key in ("start", "end"):
            path, text = "season_rules.example_seasons[%d].%s" % (n, key), season[key]
            # 2001 is no leap year: a day that it has, every year has.
            if not MONTH_DAY.match(text) or not is_date("2001-" + text):
                fail(path_at(w, path), "expected a day that every year has, as 11-15 is, found %s" % text)
    restarts, starts = {e["code"] for e in d["restart_events"]}, {e["code"] for e in d["start_events"]}
    for n, p in enumerate(d["profiles"]):
        path = "profiles[%d]" % n
        for key in ("valid_from", "valid_to"):
            if p[key] is not None and not is_date(p[key]):
                fail(path_at(w, "%s.%s" % (path, key)), "expected a date, found %s" % p[key])
        for k, r in enumerate(p["rules"]):
            at = "%s.rules[%d]" % (path, k)
            expect_at(w, at + ".restart_from", r["restart_from"], restarts | {None}, "restart event")
            expect_at(w, at + ".start_event", r["start_event"], starts, "start event")
            expect_at(w, at + ".duration.unit", r["duration"]["unit"], {"years", "months", "seasons", "contract"}, "unit")
        if len({r["restart_from"] for r in p["rules"]}) > 1:
            fail(path_at(w, path + ".rules"), "expected one restart event for all rules of a profile")
        for k, field in enumerate(p["not_stated_in_basis"]):
            expect_at(w, "%s.not_stated_in_basis[%d]" % (path, k), field, set(p["rules"][0]), "field")
        found = [r["component_class"] for r in p["rules"]]
        if found != d["class_codes"]:
            fail(path_at(w, path + ".rules"), "expected a rule for each of %s, found %s" % (", ".join(d["class_codes"]), ", ".join(found)))
        if p["confirmed"] or not CODE.match(p["code"]):
            fail(path_at(w, path + ".code"), "expected an example with a stable code, found %s" % p["code"])
