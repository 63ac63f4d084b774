"""State machines."""
from .expect import expect, known, once, wrong
from .files import J, T, group
from .places import at, fail, path_at

GUARD_LISTS = {  # guard: groups of answer_codes.csv that it needs
    "triage_complete": ("complaint_category", "urgency", "department"), "reopen_reason_code": ("reopen_reason",), "root_cause_set": ("root_cause",), "delivery_proof": ("notice_proof",),
    "result_told": ("contact_way",), "not_inspected_reasons": ("not_inspected_reason",),
}


def check_machines():
    sm = J["state_machines.json"]
    for g, lists in GUARD_LISTS.items():
        if g not in {x["code"] for x in sm["guards"]}:
            fail(at(sm, "guards"), "expected the guard %s too, found none" % g)
        for x in lists:
            group(x)
    for key in ("roles", "guards", "machines"):
        once("state_machines.json", key, [x["code"] for x in sm[key]], ".code")
    if not any(r["required"] for r in T["document_kinds.csv"]):
        fail("document_kinds.csv, line 1, required", "expected a list for the guard required_fields, found none")
    roles, guards = {r["code"] for r in sm["roles"]}, {g["code"] for g in sm["guards"]}
    used = set()
    for n, m in enumerate(sm["machines"]):
        def here(t, path):
            return path_at("state_machines.json", "machines[%d].transitions[%d].%s" % (n, t, path))
        states = {s["code"]: s for s in m["states"]}
        once("state_machines.json", "machines[%d].states" % n, [s["code"] for s in m["states"]], ".code")
        for s in m["states"]:
            known(s, "kind", {"normal", "side", "final"}, "kind of state")
        if m["initial"] not in states:
            wrong(m, "initial", "a known state of the machine")
            continue
        reach, seen = {m["initial"]}, set()
        for i, t in enumerate(m["transitions"]):
            if t["to"] is not None:
                expect(here(i, "to"), t["to"], states, "state of the machine")
            for key, allowed, what in (("from", states, "state of the machine"), ("roles", roles, "role"), ("guards", guards, "guard")):
                for j, x in enumerate(t[key]):
                    expect(here(i, "%s[%d]" % (key, j)), x, allowed, what)
                    if x in t[key][:j]:
                        fail(here(i, "%s[%d]" % (key, j)), "expected different ones, found %s twice" % x)
            if not t["roles"]:
                fail(here(i, "roles"), "expected at least one role, found none")
            used |= set(t["guards"])
            for j, x in enumerate(t["from"]):
                if (x, t["event"]) in seen:
                    fail(here(i, "from[%d]" % j), "expected a state from which %s has no other transition, found %s" % (t["event"], x))
                seen.add((x, t["event"]))
        while True:
            more = {t["to"] for t in m["transitions"] if t["to"] and set(t["from"]) & reach} - reach
            if not more:
                break
            reach |= more
        for s in states.values():
            leaves = [t for t in m["transitions"] if t["to"] and s["code"] in t["from"]]
            if s["code"] not in reach:
                wrong(s, "code", "a state that some transition reaches")
            if s["kind"] != "final" and not leaves:
                wrong(s, "code", "a way out of a state that is not final")
    for g in sm["guards"]:
        if g["code"] not in used:
            wrong(g, "code", "a guard that some transition has")
