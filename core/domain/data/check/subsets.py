"""Templates that are a subset of another."""
from .expect import expect_equal, known, wrong
from .files import CODE, J, T, codes, group
from .places import at
from .templates import template_items


def check_subsets():
    data = J["template_subsets.json"]
    units = {(r["ruleset"], r["rule_id"]): r["unit"] for r in T["tolerances.csv"]}
    for s in data["subsets"]:
        base = {r["item_code"]: r for r in T["checklists.csv"] if r["template_id"] == s["base"]}
        known(s, "base", codes("checklists.csv", "template_id"), "template")
        if s["template_id"] in codes("checklists.csv", "template_id") or not CODE.match(s["template_id"]):
            wrong(s, "template_id", "a code that no other template has")
        items, last = s["items"], 0
        for n, c in enumerate(items):
            known(items, n, base, "item")
            rank = int(base[c]["order"]) if c in base else last
            if c in items[:n]:
                wrong(items, n, "an item that is not there yet")
            elif rank < last:
                wrong(items, n, "items in the order of the base")
            last = rank
        readings = [r for r in T["checklist_readings.csv"] if r["template_id"] == s["base"]]
        for c, rule in s["tolerance_rule"].items():
            mine = [r for r in readings if r["item_code"] == c]
            if c not in items or c not in base:
                wrong(s["tolerance_rule"], c, "one of the items", c)
            elif len(mine) != 1 or mine[0]["tolerance_rules"] != base[c]["tolerance_rule"] or units.get(("cn_fitout_example_v1", rule)) != mine[0]["unit"]:
                wrong(s["tolerance_rule"], c, "a rule that fits the one reading of %s" % c)
        for a in s["added_items"]:
            check_added(a, base, units)
    expect_equal(at(data, "subsets"), {s["template_id"]: len(template_items(s["template_id"])) for s in data["subsets"]}, {"handover_shell_v1": 58}, "numbers of items")


def check_added(a, base, units):
    """An item that only the subset has."""
    if a["item_code"] in base or not CODE.match(a["item_code"]):
        wrong(a, "item_code", "a code that the base does not have")
    if not a["readings"]:
        wrong(a, "readings", "at least one reading", "none")
    for key, allowed, what in (("section_code", {r["section_code"] for r in base.values()}, "section"), ("tool_code", codes("tools.csv", "tool_code"), "tool"),
                               ("room_kinds", codes("checklists.csv", "room_kinds"), "scope"), ("default_defect_code", codes("defect_catalogue.csv", "code"), "defect"),
                               ("input", {"number"}, "input"), ("only_if", group("feature") | {""}, "feature"), ("must_test", {0, 1}, "flag"), ("photo_required", {0, 1}, "flag")):
        known(a, key, allowed, what)
    for r in a["readings"]:
        if units.get(("cn_fitout_example_v1", r["rule"])) != r["unit"]:
            wrong(r, "rule", "a tolerance rule with the unit %s" % r["unit"])
        if r["count"] < 1:
            wrong(r, "count", "1 or more")
        if not CODE.match(r["code"]):
            wrong(r, "code", "a stable code")
    if (len({r["unit"] for r in a["readings"]}) > 1) != (a["unit"] == "mixed"):
        wrong(a, "unit", "mixed exactly where its readings have several")
