"""Templates that are a subset of another."""
from .expect import expect, expect_equal
from .files import CODE, J, T, codes, fail, group
from .templates import template_items


def check_subsets():
    w = "template_subsets.json"
    units = {(r["ruleset"], r["rule_id"]): r["unit"] for r in T["tolerances.csv"]}
    for s in J[w]["subsets"]:
        base = {r["item_code"]: r for r in T["checklists.csv"] if r["template_id"] == s["base"]}
        if not base or s["template_id"] in codes("checklists.csv", "template_id") or not CODE.match(s["template_id"]):
            fail(w, "template or base: %s" % s["template_id"])
        for c in s["items"] + list(s["tolerance_rule"]):
            expect(w, c, set(base), "item")
        ranks = [int(base[c]["order"]) for c in s["items"] if c in base]
        if len(set(s["items"])) != len(s["items"]):
            fail(w, "item twice")
        if ranks != sorted(ranks):
            fail(w, "items not in the order of the base")
        readings = [r for r in T["checklist_readings.csv"] if r["template_id"] == s["base"]]
        for c, rule in s["tolerance_rule"].items():
            expect(w, c, set(s["items"]), "item")
            mine = [r for r in readings if r["item_code"] == c]
            if len(mine) != 1 or mine[0]["tolerance_rules"] != base[c]["tolerance_rule"] or units.get(("cn_fitout_example_v1", rule)) != mine[0]["unit"]:
                fail(w, "rule %s does not fit the one reading of %s" % (rule, c))
        for a in s["added_items"]:
            if a["item_code"] in base or not CODE.match(a["item_code"]) or not a["readings"]:
                fail(w, "added item %s" % a["item_code"])
            expect(w, a["section_code"], {r["section_code"] for r in base.values()}, "section")
            expect(w, a["tool_code"], codes("tools.csv", "tool_code"), "tool")
            expect(w, a["room_kinds"], codes("checklists.csv", "room_kinds"), "scope")
            expect(w, a["default_defect_code"], codes("defect_catalogue.csv", "code"), "defect")
            expect(w, a["input"], {"number"}, "input")
            expect(w, a["only_if"], group("feature") | {""}, "feature")
            expect(w, (a["must_test"], a["photo_required"]), {(x, y) for x in (0, 1) for y in (0, 1)}, "flags")
            for r in a["readings"]:
                if units.get(("cn_fitout_example_v1", r["rule"])) != r["unit"] or r["count"] < 1 or not CODE.match(r["code"]):
                    fail(w, "reading %s" % r["code"])
            if (len({r["unit"] for r in a["readings"]}) > 1) != (a["unit"] == "mixed"):
                fail(w, "unit of %s" % a["item_code"])
    expect_equal(w, {s["template_id"]: len(template_items(s["template_id"])) for s in J[w]["subsets"]}, {"handover_shell_v1": 58}, "numbers of items")
