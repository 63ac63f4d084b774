"""Recomputes every test vector with the reference functions; they state the rules, they are not meant to be fast."""
from .clocks import acknowledged, calendar_clock, promise_kept, quiet_check, revisit, working_clock
from .counts import assess, before_more, delivery_gate, expectation, first_pass, recommend, response_rate, satisfaction, stars
from .days import add_period, day, ended, longer, parts_last_day, season_last_day, warranty_last_day
from .expect import once, wrong
from .files import J
from .formats import csv_line, guard, ifc, unguard, webhook
from .places import Missing, at, fail
from .works import bulk_ok, instantiate_vector, patrol_on_time, reassignments, task_occurrences, task_open, task_replan, tolerance, transition

RULES = {
    "measure.deviation_and_range": lambda i: {"max_deviation": max(abs(r - i["design"]) for r in i["readings"]), "range": max(i["readings"]) - min(i["readings"])},
    "tolerance.verdict": tolerance,
    "warranty.last_day": lambda i: {"last_day": warranty_last_day(i).isoformat()},
    "date.add_period": lambda i: {"last_day": add_period(day(i["start"]), i["unit"], i["value"]).isoformat()},
    "warranty.parts_last_day": parts_last_day,
    "warranty.season_last_day": lambda i: {"last_day": season_last_day(day(i["start"]), i["season"], i["count"], i["count_from"]).isoformat()},
    "warranty.longer_governs": longer,
    "warranty.ended_components": ended,
    "warranty.within_six_months": lambda i: {"within": day(i["found"]) <= add_period(day(i["received"]), "months", 6)},
    "complaint.calendar_clock": calendar_clock,
    "complaint.working_clock": working_clock,
    "revisit.due": revisit,
    "quiet_hours.check": quiet_check,
    "survey.stars": stars,
    "survey.recommend": recommend,
    "survey.satisfaction": satisfaction,
    "survey.expectation": expectation,
    "checklist.bulk_ok": bulk_ok,
    "checklist.instantiate": instantiate_vector,
    "csv.guard_cell": lambda i: {"exported": guard(i["cell"]), "imported": unguard(guard(i["cell"]))},
    "csv.line": csv_line,
    "ifc.guid": ifc,
    "webhook.signature": webhook,
    "state.transition": transition,
    "defect.reassignments": reassignments,
    "kpi.first_pass": first_pass,
    "task.open": task_open,
    "task.replan": task_replan,
    "task.occurrences": task_occurrences,
    "patrol.on_time": patrol_on_time,
    "dispatch.acknowledged": acknowledged,
    "promise.kept": promise_kept,
    "survey.response_rate": response_rate,
    "survey.before_more": before_more,
    "delivery.risk": lambda i: assess(i["home"]),
    "delivery.gate": delivery_gate,
}


def check_vectors():
    vectors = J["vectors.json"]["vectors"]
    once("vectors.json", "vectors", [v["id"] for v in vectors], ".id")
    for v in vectors:
        if v["rule"] not in RULES:
            wrong(v, "rule", "a known rule")
            continue
        try:
            got = RULES[v["rule"]](v["input"])
        except (AssertionError, AttributeError, LookupError, Missing, OverflowError, StopIteration, TypeError, ValueError) as e:
            got = "an error: %r" % e
        if got != v["expected"]:
            wrong(v, "expected", "%s, as the rule computes %s" % (got, v["id"]))
    unused = set(RULES) - {v["rule"] for v in J["vectors.json"]["vectors"]}
    if unused:
        fail(at(J["vectors.json"], "vectors"), "expected a vector of each rule, found none of %s" % ", ".join(sorted(unused)))
