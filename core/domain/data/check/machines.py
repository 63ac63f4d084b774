"""State machines."""
from .expect import expect
from .files import J, T, fail, group, path_at

GUARD_LISTS = {  # guard: groups of answer_codes.csv that it needs
    "triage_complete": ("complaint_category", "urgency", "department"), "reopen_reason_code": ("reopen_reason",), "root_cause_set": ("root_cause",), "delivery_proof": ("notice_proof",),
    "result_told": ("contact_way",), "not_inspected_reasons": ("not_inspected_reason",),
}


def check_machines():
    sm = J["state_machines.json"]
    for g, lists in GUARD_LISTS.items():
        expect("state_machines.json", g, {x["code"] for x in sm["guards"]}, "guard")
        for x in lists:
            group(x)
    for key in ("roles", "guards", "machines"):
        if len({x["code"] for x in sm[key]}) != len(sm[key]):
            fail("state_machines.json", "%s: code twice" % key)
    if not any(r["required"] for r in T["document_kinds.csv"]):
        fail("document_kinds.csv", "the guard required_fields has no list")
    roles, guards = {r["code"] for r in sm["roles"]}, {g["code"] for g in sm["guards"]}
    used = set()
    for n, m in enumerate(sm["machines"]):
        def here(t, path):
            return path_at("state_machines.json", "machines[%d].transitions[%d].%s" % (n, t, path))
        states = {s["code"]: s for s in m["states"]}
        if len(states) != len(m["states"]) or any(s["kind"] not in ("normal", "side", "final") for s in m["states"]):
            fail("state_machines.json", "%s: states" % m["code"])
        reach, seen = {m["initial"]}, set()
        for i, t in enumerate(m["transitions"]):
            if t["to"] is not None:
                expect(here(i, "to"), t["to"], states, "state of the machine")
            for key, known, what in (("from", states, "state of the machine"), ("roles", roles, "role"), ("guards", guards, "guard")):
                for j, x in enumerate(t[key]):
                    expect(here(i, "%s[%d]" % (key, j)), x, known, what)
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
        if set(states) - reach:
            fail("state_machines.json", "%s: never reached: %s" % (m["code"], sorted(set(states) - reach)))
        for s in states.values():
            leaves = [t for t in m["transitions"] if t["to"] and s["code"] in t["from"]]
            if s["kind"] != "final" and not leaves:
                fail("state_machines.json", "%s: stuck in %s" % (m["code"], s["code"]))
    if guards - used:
        fail("state_machines.json", "guards never used: %s" % sorted(guards - used))
