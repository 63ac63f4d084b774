"""What tables say of each other."""
from .expect import expect, known, wrong
from .files import CODE, J, T, codes, split
from .places import fail, row_at


def check_references():
    defects, trades, tools = codes("defect_catalogue.csv", "code"), codes("trades.csv", "trade_code"), codes("tools.csv", "tool_code")
    rooms, groups = codes("rooms.csv", "room_code"), codes("rooms.csv", "group")
    steps, docs = codes("journey_steps.csv", "code"), codes("document_kinds.csv", "code")
    rules = {}
    for r in T["tolerances.csv"]:
        rules.setdefault((r["ruleset"], r["rule_id"]), {})[r["grade"]] = r
        known(r, "comparator", {"max", "min", "range", "between"}, "comparator")
        known(r, "basis", {"reading", "deviation", "spread"}, "basis")
        known(r, "grade", {"all", "ordinary", "high"}, "grade")
        if (r["comparator"] == "range") != (r["basis"] == "spread"):
            wrong(r, "basis", "spread exactly for the comparator range")
        if (r["comparator"] == "between") != bool(r["value2"]):
            wrong(r, "value2", "a second value exactly for the comparator between")
        if "示例" not in r["edition_note"] or "xample" not in r["edition_note"]:
            if "Older edition" not in r["edition_note"]:
                wrong(r, "edition_note", "a note that marks it as an example")
    main = "cn_fitout_example_v1"

    def rule_ok(where, rule):
        grades = rules.get((main, rule))
        if not grades or not (set(grades) == {"all"} or set(grades) == {"ordinary", "high"}):
            fail(where, "expected a tolerance rule for all grades, or one for each, found %s" % rule)
        return grades

    orders = {}
    readings = {}
    for r in T["checklist_readings.csv"]:
        readings.setdefault((r["template_id"], r["item_code"]), []).append(r)
        for rule in split(r["tolerance_rules"]):
            grades = rule_ok(row_at(r, "tolerance_rules"), rule) or {}
            for g in grades.values():
                if g["unit"] != r["unit"]:
                    wrong(r, "unit", "the unit of its rule, %s" % g["unit"])
                if g["basis"] == "deviation" and r["needs_design_value"] != "1":
                    wrong(r, "needs_design_value", "1, because its rule judges a deviation")
    for r in T["checklists.csv"]:
        w, key = row_at(r), (r["template_id"], r["item_code"])
        expect(row_at(r, "template_id"), r["template_id"], {"handover_fitout_v1", "one_year_check_v1", "three_month_check_v1", "public_patrol_v1", "public_renewal_v1", "fitout_patrol_v1"}, "template")
        expect(row_at(r, "input"), r["input"], {"result", "number", "photo", "reading"}, "input")
        expect(row_at(r, "tool_code"), r["tool_code"], tools, "tool")
        expect(row_at(r, "must_test"), r["must_test"], {"0", "1"}, "must_test")
        expect(row_at(r, "photo_required"), r["photo_required"], {"0", "1"}, "photo_required")
        kind, _, target = r["room_kinds"].partition(":")
        expect(row_at(r, "room_kinds"), kind, {"once", "per_window", "per_door", "per_room"}, "scope")
        if kind == "per_room":
            expect(row_at(r, "room_kinds"), target, rooms | groups, "room")
        for d in split(r["default_defect_code"]) + split(r["more_defect_codes"]):
            expect(row_at(r, "default_defect_code"), d, defects, "defect")
        for rule in split(r["tolerance_rule"]):
            rule_ok(row_at(r, "tolerance_rule"), rule)
        has = readings.pop(key, [])
        if (r["input"] in ("number", "reading")) != bool(has):
            wrong(r, "input", "number or reading exactly where checklist_readings.csv has readings")
        if has:
            units = {x["unit"] for x in has if not (x["unit"] == "pcs" and r["unit"] not in ("pcs", "mixed"))}
            if units != {r["unit"]} and not (r["unit"] == "mixed" and (len(units) > 1)):
                wrong(r, "unit", "the unit of its readings, %s" % ", ".join(sorted(units)))
            used = {u for x in has for u in split(x["tolerance_rules"])}
            if used != set(split(r["tolerance_rule"])):
                wrong(r, "tolerance_rule", "the rules of its readings, %s" % "|".join(sorted(used)))
        if r["input"] in ("photo", "reading") and r["photo_required"] != "1":
            wrong(r, "photo_required", "1, because the answer is a photo or a reading")
        if int(r["order"]) <= orders.get(r["template_id"], 0):
            wrong(r, "order", "an order that rises")
        orders[r["template_id"]] = int(r["order"])
    for rows in readings.values():
        wrong(rows[0], "item_code", "an item of the template %s" % rows[0]["template_id"])

    kinds = {g: {r["code"] for r in T["answer_codes.csv"] if r["group"] == g} for g in {r["group"] for r in T["answer_codes.csv"]}}
    for r in T["defect_catalogue.csv"]:
        w = row_at(r)
        expect(row_at(r, "kind"), r["kind"], kinds["defect_kind"], "kind")
        expect(row_at(r, "severity"), r["severity"], kinds["severity"], "severity")
        expect(row_at(r, "trade_code"), r["trade_code"], trades, "trade")
        expect(row_at(r, "warranty_class"), r["warranty_class"], set(J["warranty_rules.json"]["class_codes"]), "warranty class")
        expect(row_at(r, "needs_engineer"), r["needs_engineer"], {"0", "1"}, "needs_engineer")
        zh, en = r["phrases_zh"].split("|"), r["phrases_en"].split("|")
        if not 3 <= len(zh) <= 5 or len(zh) != len(en) or len(set(zh)) != len(zh):
            wrong(r, "phrases_zh", "3 to 5 different phrases, as many as in English")
    for r in T["checklists.csv"]:
        if r["only_if"]:
            expect(row_at(r, "only_if"), r["only_if"], kinds["feature"], "feature")
    offered = {d for r in T["checklists.csv"] for d in split(r["default_defect_code"]) + split(r["more_defect_codes"])}
    for r in T["defect_catalogue.csv"]:
        if r["code"] not in offered | {"cn-02"}:  # damage by repair work is found in a repair, not in a checklist
            wrong(r, "code", "a defect that some item of a checklist offers")
    for r in T["focus_tags.csv"]:
        expect(row_at(r, "step_code"), r["step_code"], steps, "step")
    for r in T["journey_steps.csv"]:
        for d in split(r["document_kinds"]):
            expect(row_at(r, "document_kinds"), d, docs, "document kind")
        expect(row_at(r, "track"), r["track"], {"main", "parallel"}, "track")
        expect(row_at(r, "trigger"), r["trigger"], {x["trigger"] for x in T["task_rules.csv"] if x["step_code"] == r["code"]}, "trigger, no task rule of the step has it")
    for r in T["moments.csv"]:
        expect(row_at(r, "stage_code"), r["stage_code"], {"design", "works", "sales", "move_in", "living"}, "stage")
        expect(row_at(r, "coverage"), r["coverage"], {"record", "tag", "outside"}, "coverage")
        for d in split(r["defect_codes"]):
            expect(row_at(r, "defect_codes"), d, defects, "defect")
        for d in split(r["held_in"]):
            expect(row_at(r, "held_in"), d, docs, "document kind")
        if (r["coverage"] == "outside") != (not r["held_in"]):
            fail(row_at(r, "held_in"), "expected a kind of record, or none exactly for outside, found %r" % r["held_in"])
    for r in T["document_kinds.csv"]:
        if any(not CODE.match(x) for x in split(r["required"])) or len(set(split(r["required"]))) != len(split(r["required"])):
            fail(row_at(r, "required"), "expected different codes of fields, found %s" % r["required"])
    for r in T["demonstrations.csv"]:
        if r["only_if"]:
            expect(row_at(r, "only_if"), r["only_if"], kinds["feature"], "feature")
    unasked = kinds["feature"] - codes("checklists.csv", "only_if")
    for r in T["answer_codes.csv"]:
        if r["group"] == "feature" and r["code"] in unasked:
            wrong(r, "code", "a feature that some item asks for")
    roles = {r["code"] for r in J["state_machines.json"]["roles"]}
    before = None
    for r in T["event_prep.csv"]:
        expect(row_at(r, "role"), r["role"], roles, "role")
        if int(r["days_before"]) < 0 or before is not None and int(r["days_before"]) > before:
            fail(row_at(r, "days_before"), "expected days that do not rise, found %s" % r["days_before"])
        before = int(r["days_before"])
    required, family = {}, {}
    for r in T["surveys.csv"]:
        w = row_at(r)
        expect(row_at(r, "scale"), r["scale"], {"S5", "E5", "R10", "YN", "MC", "TXT", "number"}, "scale")
        expect(row_at(r, "asked_after"), r["asked_after"], {"viewing", "signing", "waiting", "open_day", "handover", "move_in_visit", "repair_closed", "complaint_answered", "three_months", "one_year",
                                     "yearly", "four_years", "renewal_done", "staff_weekly"}, "asked_after")
        expect(row_at(r, "family"), r["family"], kinds["survey_family"], "family")
        if family.setdefault(r["survey_id"], r["family"]) != r["family"]:
            fail(row_at(r, "family"), "expected one family for the whole survey, found %s" % r["family"])
        for a in ("option", "follow_up_option"):
            z, e, c = (split(r[x]) for x in (("options_zh", "options_en", "option_codes") if a == "option" else ("follow_up_options_zh", "follow_up_options_en", "follow_up_option_codes")))
            if not len(z) == len(e) == len(c) or len(set(c)) != len(c):
                fail(row_at(r, a + "_codes"), "expected different codes, as many as texts in both languages, found %s" % "|".join(c))
        want = {"S5": 5, "E5": 5, "YN": 2, "R10": 2, "TXT": 0, "number": 0}.get(r["scale"])
        if want is not None and len(split(r["option_codes"])) != want or r["scale"] == "MC" and len(split(r["option_codes"])) < 3:
            fail(row_at(r, "option_codes"), "expected the codes of the scale %s, found %s" % (r["scale"], r["option_codes"]))
        if r["follow_up_on"] and r["follow_up_on"] != "any" and r["follow_up_on"] not in split(r["option_codes"]) or bool(r["follow_up_on"]) != bool(r["follow_up_scale"]):
            fail(row_at(r, "follow_up_on"), "expected any, or one of option_codes, and only with a scale, found %s" % r["follow_up_on"])
        required[r["survey_id"]] = required.get(r["survey_id"], 0) + int(r["required"])
        most = J["complaint_profiles.json"]["survey_questions_before_more"]
        if required[r["survey_id"]] > most and r["required"] == "1":
            fail(row_at(r, "required"), "expected at most %d required questions in %s, found %d" % (most, r["survey_id"], required[r["survey_id"]]))
    for r in T["answer_codes.csv"]:
        if r["group"] == "survey_family" and r["code"] not in family.values():
            wrong(r, "code", "a family that some survey has")
