"""Complaint profiles: steps, targets, escalation, quiet hours."""
from .expect import clock_at, expect_at, is_zone, once
from .files import J, group
from .places import fail, path_at


def check_deadlines():
    w, c = "complaint_profiles.json", J["complaint_profiles.json"]
    roles, receivers = {r["code"] for r in J["state_machines.json"]["roles"]}, {r["code"] for r in c["escalation_receivers"]}
    for key in ("profiles", "escalation_receivers", "channels", "wanted_outcomes", "verdicts", "revisit_results"):
        once(w, key, [x["code"] for x in c[key]], ".code")
    for n, p in enumerate(c["profiles"]):
        check_profile(w, p, "profiles[%d]" % n)
    for n, level in enumerate(c["escalation"]):
        expect_at(w, "escalation[%d].receiver" % n, level["receiver"], receivers | {None}, "receiver")
        expect_at(w, "escalation[%d].to_role" % n, level["to_role"], roles, "role")
        expect_at(w, "escalation[%d].level" % n, level["level"], {n + 1}, "level")
    expect_at(w, "major.first_person", c["major"]["first_person"], receivers, "receiver")
    key, field = c["unacknowledged"]["limit_from"].split(".")
    if any(field not in t for t in c[key]) or c["unacknowledged"]["then"] not in c:
        fail(path_at(w, "unacknowledged"), "expected a field of each target, and what follows")
    severities = [t["severity"] for t in c["defect_targets"]]
    once(w, "defect_targets", severities, ".severity")
    if set(severities) != group("severity"):
        fail(path_at(w, "defect_targets"), "expected a target for each severity, found %s" % ", ".join(severities))
    for path, value in (("major.cluster_min_homes", c["major"]["cluster_min_homes"]), ("compensation.approvals", c["compensation"]["approvals"])):
        if value < 2:
            fail(path_at(w, path), "expected 2 or more, found %s" % value)
    expect_at(w, "default_profile", c["default_profile"], {x["code"] for x in c["profiles"]}, "profile")
    if not is_zone(c["quiet_hours"]["time_zone"]):
        fail(path_at(w, "quiet_hours.time_zone"), "expected the name of a time zone, found %s" % c["quiet_hours"]["time_zone"])
    for n, exempt in enumerate(c["quiet_hours"]["exempt"]):
        expect_at(w, "quiet_hours.exempt[%d].group" % n, exempt["group"], {"severity", "urgency"}, "severity or urgency")
        expect_at(w, "quiet_hours.exempt[%d].code" % n, exempt["code"], group(exempt["group"]), "code of this group of answer_codes.csv")
    for n, pair in enumerate(c["quiet_hours"]["periods"]):
        for k, text in enumerate(pair):
            clock_at(w, "quiet_hours.periods[%d][%d]" % (n, k), text)


def check_profile(w, p, path):
    """Steps of a complaint: each waits for an earlier one only, or they would wait for each other for ever."""
    expect_at(w, path + ".clock", p["clock"], {"calendar_days", "working_time"}, "clock")
    once(w, path + ".steps", [s["code"] for s in p["steps"]], ".code")
    earlier = {None}
    met_by = {"update"} | {t["event"] for m in J["state_machines.json"]["machines"] if m["code"] in ("case", "complaint") for t in m["transitions"]}
    for n, s in enumerate(p["steps"]):
        at = "%s.steps[%d]" % (path, n)
        if s.get("after") not in earlier:
            fail(path_at(w, at + ".after"), "expected an earlier step of this profile: steps that wait for each other never begin, found %s" % s["after"])
        earlier.add(s["code"])
        if not s.get("met_by"):
            fail(path_at(w, at), "expected the events that meet the step, found none")
        for k, event in enumerate(s.get("met_by", ())):
            expect_at(w, "%s.met_by[%d]" % (at, k), event, met_by, "event of a case or complaint")
        lengths = [key for key in ("days", "working_hours", "working_days") if key in s]
        if len(lengths) != 1 or s[lengths[0]] < 1 or (lengths == ["days"]) != (p["clock"] == "calendar_days"):
            fail(path_at(w, at), "expected one length of this clock, above 0, found %s" % (lengths,))
    if p["clock"] == "working_time":
        if not is_zone(p["calendar"]["time_zone"]):
            fail(path_at(w, path + ".calendar.time_zone"), "expected the name of a time zone, found %s" % p["calendar"]["time_zone"])
        for n, pair in enumerate(p["calendar"]["working_hours"]):
            for k, text in enumerate(pair):
                clock_at(w, "%s.calendar.working_hours[%d][%d]" % (path, n, k), text)
    days = p["business_days"] if p["clock"] == "calendar_days" else p["calendar"]["working_days"]
    if not days or set(days) - set(range(1, 8)):
        fail(path_at(w, path), "expected days of the week, 1 to 7, at least one, found %s" % days)
