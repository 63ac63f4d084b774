"""Rounds and areas of patrols."""
from .expect import clock_at, expect, expect_at, once
from .files import J, T
from .places import fail, path_at, row_at
from .templates import template_items


def check_patrols():
    w, p = "patrols.json", J["patrols.json"]
    roles = {r["code"] for r in J["state_machines.json"]["roles"]}
    public = [r["room_code"] for r in T["rooms.csv"] if r["group"] == "public"]
    once(w, "rounds", [r["code"] for r in p["rounds"]], ".code")
    once(w, "areas", [a["code"] for a in p["areas"]], ".code")
    end = ""
    for n, r in enumerate(p["rounds"]):
        begins, ends = (clock_at(w, "rounds[%d].%s" % (n, key), r[key]) for key in ("start", "end"))
        if not end <= begins < ends:
            fail(path_at(w, "rounds[%d].start" % n), "expected rounds that rise and do not overlap, found %s" % begins)
        end = ends
    if clock_at(w, "log.daily_close", p["log"]["daily_close"]) <= end:
        fail(path_at(w, "log.daily_close"), "expected a time after the last round, found %s" % p["log"]["daily_close"])
    passed = []
    for n, area in enumerate(p["areas"]):
        for k, room in enumerate(area["rooms"]):
            if room not in public or room in passed:
                fail(path_at(w, "areas[%d].rooms[%d]" % (n, k)), "expected a public room that no other area has, found %s" % room)
            passed.append(room)
    if set(public) - set(passed):
        fail(path_at(w, "areas"), "expected an area with each of %s" % ", ".join(sorted(set(public) - set(passed))))
    expect_at(w, "template_id", p["template_id"], {r["template_id"] for r in T["task_rules.csv"] if r["task_kind"] == "patrol"}, "template of the task rule of patrols")
    kinds = {r["code"] for r in T["answer_codes.csv"] if r["group"] == "inspection_kind"}
    once(w, "inspection_kinds", p["inspection_kinds"], "")
    for n, kind in enumerate(p["inspection_kinds"]):
        expect_at(w, "inspection_kinds[%d]" % n, kind, kinds, "inspection_kind of answer_codes.csv")
    for key in ("start_place", "end_place"):
        expect_at(w, key, p[key], {"service_centre"}, "place")
    expect_at(w, "log.remark_by", p["log"]["remark_by"], roles, "role")
    expect_at(w, "home_visit_forms.read_by", p["home_visit_forms"]["read_by"], roles, "role")
    for path, minutes in (("tolerance_minutes", p["tolerance_minutes"]), ("arrive_before_shift_minutes", p["arrive_before_shift_minutes"]), ("briefing.before_shift_minutes", p["briefing"]["before_shift_minutes"])):
        if minutes < 0:
            fail(path_at(w, path), "expected minutes, found %s" % minutes)
    for t in ("public_patrol_v1", "public_renewal_v1"):
        for r in template_items(t):
            expect(row_at(r, "room_kinds"), r["room_kinds"].partition(":")[2], set(public), "public room")
    if set(public) - {r["room_kinds"].partition(":")[2] for r in template_items("public_patrol_v1")}:
        fail("checklists.csv, line 1", "expected an item of public_patrol_v1 for each public room, found none for some")
