"""Task rules and visit scripts."""
import re

from .expect import expect, expect_equal
from .files import J, T, codes, group
from .places import fail, row_at
from .templates import templates

TIMED = re.compile(r"^([a-z][a-z0-9_]*)(?:\+(\d+)(d|mo|y))?$")


def check_tasks():
    w = "task_rules.csv"
    steps, surveys, scripts = codes("journey_steps.csv", "code"), codes("surveys.csv", "survey_id"), codes("visit_scripts.csv", "script_id")
    roles = {r["code"] for r in J["state_machines.json"]["roles"]}
    events = {"visit_registered", "contract_started", "contract_signed", "household_assigned", "design_changed", "open_day_planned", "handover_planned", "handover_notice_sent",
              "handover", "batch_handover", "moved_in", "one_year_check_done", "ticket_received", "repair_closed", "complaint_answered", "round_planned", "fitout_permitted",
              "public_area_survey_done"}
    used = set()
    for r in T[w]:
        expect(row_at(r, "task_kind"), r["task_kind"], group("task_kind"), "task kind")
        expect(row_at(r, "scope"), r["scope"], {"home", "household", "batch", "project", "route", "case"}, "scope")
        expect(row_at(r, "role"), r["role"], roles, "role")
        expect(row_at(r, "repeat"), r["repeat"], {"", "daily", "weekly_until_closed", "monthly_until_handover", "yearly"}, "repeat")
        for column, allowed in (("step_code", steps), ("template_id", set(templates())), ("survey_id", surveys), ("script_id", scripts), ("inspection_kind", group("inspection_kind"))):
            if r[column]:
                expect(row_at(r, column), r[column], allowed, column)
        for column in ("trigger", "fallback_trigger"):
            m = TIMED.match(r[column])
            if r[column] and not m or column == "trigger" and not m:
                fail(row_at(r, column), "expected an event, or one and a time: moved_in+3mo, found %s" % r[column])
            elif m:
                expect(row_at(r, column), m.group(1), events, "event")
                used.add(m.group(1))
        if not re.match(r"^\d+d$", r["due"]):
            fail(row_at(r, "due"), "expected days, as 7d, found %s" % r["due"])
        if bool(r["template_id"]) != bool(r["inspection_kind"]):
            fail(row_at(r, "template_id"), "expected a template and an inspection kind, or neither, found %s" % r["template_id"])
        if r["task_kind"] == "revisit" and r["role"] != "reviewer" or r["survey_id"] and r["role"] == "engineer":
            fail(row_at(r, "role"), "expected a role that is not rated by the answers, found %s" % r["role"])
        if (r["scope"] == "batch") != r["trigger"].startswith(("batch_", "public_area_survey_done")):
            fail(row_at(r, "trigger"), "expected an event of the batch exactly for the scope batch, found %s" % r["trigger"])
        if r["fallback_trigger"] and r["fallback_trigger"].split("+")[0] == r["trigger"].split("+")[0]:
            fail(row_at(r, "fallback_trigger"), "expected another event than that of the trigger: a rule never waits for itself, found %s" % r["fallback_trigger"])
    if events - used:
        fail(w + ", line 1", "expected a rule for each event, found none for %s" % sorted(events - used))
    left = group("task_kind") - codes(w, "task_kind") - {"re_inspection", "collision"}    # opened by hand from the failed items; by the server
    left |= group("inspection_kind") - codes(w, "inspection_kind") - {"re_inspection", "third_party"}  # third-party lists are imported
    left |= set(templates()) - codes(w, "template_id") - {s["template_id"] for s in J["template_subsets.json"]["subsets"]}
    left |= surveys - codes(w, "survey_id") - {"staff"} | scripts - codes(w, "script_id") - {"complaint_talk_v1"} | steps - codes(w, "step_code")
    if left:
        fail(w + ", line 1", "expected a rule that uses each code, found none for %s" % sorted(left))
    first = [r for r in T[w] if r["task_kind"] == "first_contact"]
    c = J["complaint_profiles.json"]
    expect_equal(row_at(first[0]) if first else w + ", line 1", [(r["trigger"], r["due"]) for r in first], [(c["first_contact"]["event"], "%dd" % c["first_contact"]["days"])], "the first contact of complaint_profiles.json,")
    revisits = [r for r in T[w] if r["task_kind"] == "revisit"]
    expect_equal(row_at(revisits[0]) if revisits else w + ", line 1", {r["trigger"] for r in revisits}, set(c["revisit"]["events"]), "the events of revisits of complaint_profiles.json,")
    expect_equal(row_at(revisits[0]) if revisits else w + ", line 1", {r["due"] for r in revisits}, {"%dd" % c["revisit"]["days"]}, "the days of revisits of complaint_profiles.json,")

    five, talk = ["tone", "explore", "agree", "act", "confirm"], ["setting", "listen", "resonate", "expectation", "propose", "plan"]
    expect_equal("answer_codes.csv, line 1", group("script_part"), set(five + talk), "script_part, the parts of the two kinds of scripts,")
    for script in scripts:
        rows = [r for r in T["visit_scripts.csv"] if r["script_id"] == script]
        parts, found = talk if rows[0]["part_code"] in talk else five, list(dict.fromkeys(r["part_code"] for r in rows))
        if found != parts:
            fail(row_at(rows[-1], "part_code"), "expected a script with the parts %s, found %s" % (", ".join(parts), ", ".join(found)))
        for r in rows:
            expect(row_at(r, "when"), r["when"], {"always", "satisfied", "not_satisfied"}, "when")
