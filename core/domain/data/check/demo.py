"""The demo project: its homes, its plan of the handover, its people."""
import datetime as dt
import os
import subprocess
import sys
import tempfile

from .expect import clock, date_ok, expect_equal, known, once, wrong
from .files import CODE, J, T, codes, group
from .places import HERE, at, fail
from .templates import templates

W = "demo_project.json"


def check_demo():
    d = J[W]
    for key in ("layouts", "teams", "staff", "buildings", "public_places", "households", "disclosures", "crews"):
        once(W, key, [x["code"] for x in d[key]], ".code")
    once(W, "units", [u["no"] for u in d["units"]], ".no")
    check_settings(d)
    check_layouts(d)
    check_units(d)
    check_plan(d)
    check_places(d)
    check_people(d)
    check_dates(d)
    check_written()


def check_settings(d):
    project = d["project"]
    for key, allowed in (("warranty_profile", {p["code"] for p in J["warranty_rules.json"]["profiles"]}), ("complaint_profile", {p["code"] for p in J["complaint_profiles.json"]["profiles"]}),
                         ("tolerance_ruleset", codes("tolerances.csv", "ruleset")), ("template", templates())):
        known(project, key, allowed, key)
    event = d["event"]
    if not 1 <= event["batch"] <= event["batches"]:
        wrong(event, "batch", "one of the %d batches" % event["batches"])
    if not CODE.match(event["code"]):
        wrong(event, "code", "a stable code")


def check_layouts(d):
    rooms, features, found = codes("rooms.csv", "room_code"), group("feature"), set()
    for x in d["layouts"]:
        beds = sum(1 for r in x["rooms"] if r["kind"] in ("bedroom", "master_bedroom"))
        if beds != x["bedrooms"]:
            wrong(x, "bedrooms", "the number of its bedrooms, %d" % beds)
        for place in [x] + x["rooms"]:
            for n, f in enumerate(place["features"]):
                known(place["features"], n, features, "feature")
                if f in place["features"][:n] or place is not x and f in x["features"]:
                    wrong(place["features"], n, "a feature that is stated once")
                found.add(f)
        for r in x["rooms"]:
            known(r, "kind", rooms, "room")
    if features - found:
        fail(at(d, "layouts"), "expected a layout with each feature, found none with %s" % ", ".join(sorted(features - found)))
    expect_equal(at(d, "layouts"), {x["bedrooms"] for x in d["layouts"]}, {2, 3, 4}, "bedrooms")


def check_units(d):
    layouts, teams, numbers = {x["code"] for x in d["layouts"]}, {x["code"] for x in d["teams"]}, [u["no"] for u in d["units"]]
    on_duty, taken = {p["day"]: p["teams"] for p in d["handover_plan"]}, set()
    for u in d["units"]:
        parts = u["no"].split("-")
        if len(parts) != 3 or parts[:2] != [u["building"][1:], str(u["entrance"])] or parts[2][:2] != "%02d" % u["floor"]:
            wrong(u, "no", "the building, entrance and floor of the home, %s-%d-%02d.." % (u["building"][1:], u["entrance"], u["floor"]))
        known(u, "layout", layouts, "layout")
        known(u, "team", teams, "team")
        for key in ("day", "comes_on_day"):
            known(u, key, on_duty, "day of handover_plan")
        if u["team"] not in on_duty.get(u["day"], [u["team"]]):
            wrong(u, "team", "a team that is on duty on day %d" % u["day"])
        if not 1 <= u["slot"] <= len(d["event"]["slots"]):
            wrong(u, "slot", "one of the %d slots" % len(d["event"]["slots"]))
        if (u["day"], u["slot"], u["team"]) in taken:
            wrong(u, "slot", "a slot that no earlier home has of its team and day")
        taken.add((u["day"], u["slot"], u["team"]))
    expect_equal(at(d, "units"), (len(numbers), d["project"]["units"]), (799, 799), "numbers of homes")
    expect_equal(at(d, "buildings"), (len(d["buildings"]), sum(b["units"] for b in d["buildings"])), (8, 799), "numbers of buildings and their homes")
    expect_equal(at(d, "teams"), len(d["teams"]), 24, "number of teams")
    moved = [u for u in d["units"] if u["comes_on_day"] != u["day"]]
    expect_equal(at(d, "units"), (len(moved), {u["comes_on_day"] for u in moved}), (140, {2, 3}), "homes that come on another day, and those days")


def check_plan(d):
    plan, teams = d["handover_plan"], {x["code"] for x in d["teams"]}
    expect_equal(at(d, "handover_plan"), [p["day"] for p in plan], list(range(1, 11)), "days")
    expect_equal(at(d, "handover_plan"), sum(p["noticed_units"] for p in plan), 799, "sum of noticed_units")
    expect_equal(at(d, "handover_plan"), [p["forecast_units"] for p in plan], [62, 150, 150, 62, 62, 62, 62, 63, 63, 63], "forecast_units")
    for p in plan:
        weekend = dt.date.fromisoformat(p["date"]).weekday() >= 5
        for key, want in (("noticed_units", sum(u["day"] == p["day"] for u in d["units"])), ("forecast_units", sum(u["comes_on_day"] == p["day"] for u in d["units"])),
                          ("weekend", weekend), ("team_count", len(set(p["teams"]))), ("slot_capacity", p["team_count"] * len(d["event"]["slots"]))):
            if p[key] != want:
                wrong(p, key, "%s, as the homes, the date and the teams have it" % want)
        for n in range(len(p["teams"])):
            known(p["teams"], n, teams, "team")
        if max(p["noticed_units"], p["forecast_units"]) > p["slot_capacity"]:
            wrong(p, "slot_capacity", "room for all homes of the day")
        if p["weekend"] != (p["day"] in (2, 3)) or p["noticed_units"] not in (79, 80):
            wrong(p, "day", "about 80 homes a day in the notices, and a weekend on days 2 and 3")


def check_places(d):
    buildings, counted = {x["code"]: x for x in d["buildings"]}, {}
    for x in d["public_places"]:
        counted[x["kind"]] = counted.get(x["kind"], 0) + 1
        known(x, "building", set(buildings) | {None}, "building")
        entrances = buildings[x["building"]]["entrances"] if x["building"] in buildings else 0
        if x["entrance"] is not None and not 1 <= x["entrance"] <= entrances:
            wrong(x, "entrance", "an entrance of its building, or null")
        if not CODE.match(x["code"]):
            wrong(x, "code", "a stable code")
    entrances = sum(b["entrances"] for b in d["buildings"])
    want = {r["room_code"]: 1 for r in T["rooms.csv"] if r["group"] == "public"}
    want.update(dict.fromkeys(("pub_lobby", "pub_lift", "pub_corridor", "pub_fire"), entrances))
    want.update(dict.fromkeys(("pub_roof", "pub_facade", "pub_comm_room"), len(buildings)))
    expect_equal(at(d, "public_places"), counted, want, "public places by kind")
    expect_equal(at(d, "public_places"), (entrances, len(d["public_places"])), (13, 87), "numbers of entrances and public places")


def check_people(d):
    roles, staff = {r["code"] for r in J["state_machines.json"]["roles"]}, {x["code"]: x for x in d["staff"]}

    def of_role(node, key, role):
        if staff.get(node[key], {"role": ""})["role"] != role:
            wrong(node, key, "a person of the staff with the role %s" % role)
    for x in d["staff"]:
        known(x, "role", roles - {"owner", "system"}, "role")
    for t in d["teams"]:
        of_role(t, "engineer", "engineer")
        of_role(t, "ambassador", "ambassador")
    shares, numbers = {}, {u["no"] for u in d["units"]}
    for n, h in enumerate(d["households"], 1):
        shares[h["ambassador"]] = shares.get(h["ambassador"], 0) + 1
        known(h, "unit", numbers, "unit")
        of_role(h, "ambassador", "ambassador")
        people = [x["relation"] for x in h["people"]]
        if people != (["owner", "tenant"] if n % 15 == 0 else ["owner"]):
            wrong(h, "people", "an owner, and a tenant in each fifteenth household", people)
        if (h["quiet_hours"] is not None) != (n % 40 == 0):
            wrong(h, "quiet_hours", "own hours in each fortieth household")
        for x in h["people"]:
            known(x, "relation", group("relation"), "relation")
        for pair in h["quiet_hours"] or []:
            for k, text in enumerate(pair):
                clock(lambda: at(pair, k), text)
    once(W, "households", [h["unit"] for h in d["households"]], ".unit")
    expect_equal(at(d, "households"), len(d["households"]), len(numbers), "number of households")
    if set(shares) != {"amb%02d" % k for k in range(1, 13)} or set(shares.values()) != {66, 67}:
        fail(at(d, "households"), "expected 66 or 67 for each of amb01 to amb12, found %s" % shares)
    for kind in ("households", "staff"):
        once(W, kind, [x["phone"] for x in d[kind]], ".phone")
        for x in d[kind]:
            if not x["phone"].startswith("+86 000 "):
                wrong(x, "phone", "a number that is clearly fake, +86 000 ...")
    once(W, "crews", [c["head"] for c in d["crews"]], ".head")
    for c in d["crews"]:
        of_role(c, "head", "subcontractor")
        for n in range(len(c["trades"])):
            known(c["trades"], n, codes("trades.csv", "trade_code"), "trade")
    expect_equal(at(d, "crews"), len(d["crews"]), sum(x["role"] == "subcontractor" for x in d["staff"]), "number of crews, one for each head")


def check_dates(d):
    staff, numbers, rest = {x["code"] for x in d["staff"]}, {u["no"] for u in d["units"]}, d["calendar"]["rest_days"]
    for x in d["duty_roster"]:
        known(x, "person", staff, "person")
        known(x, "covers", {"hotline", "severity_a"}, "duty")
        for key in ("from", "to"):
            clock(lambda: at(x, key), x[key])
    for n, text in enumerate(rest):
        date_ok(lambda: at(rest, n), text)
        if n and text <= rest[n - 1]:
            wrong(rest, n, "dates that rise")
    if d["calendar"]["weekend"] != [6, 7]:
        wrong(d["calendar"], "weekend", "[6, 7]")
    for x in d["sales_promises"]:
        known(x, "unit", numbers, "unit")
    for n, x in enumerate(d["disclosures"]):
        if not CODE.match(x["code"]):
            wrong(x, "code", "a stable code")


def check_written():
    """The file is what make_demo_project.py writes; the first line that differs is told."""
    path = os.path.join(HERE, W)
    if os.path.getsize(path) >= 400 * 1000:
        fail("%s, line 1" % W, "expected less than 400,000 bytes, found %d" % os.path.getsize(path))
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "again.json")
        run = subprocess.run([sys.executable, os.path.join(HERE, "make_demo_project.py"), out], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if run.returncode:
            said = run.stderr.decode("utf-8", "replace").strip().splitlines()
            return fail("make_demo_project.py, line 1", "expected that it writes the project, found %s" % (said[-1] if said else run.returncode))
        ours, theirs = (open(p, encoding="utf-8", newline="").read().split("\n") for p in (path, out))
    if ours != theirs:
        n = next((n for n, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
        fail("%s, line %d" % (W, n + 1), "expected what make_demo_project.py writes, %s, found %s" % ("".join(theirs[n:n + 1]).strip()[:120], "".join(ours[n:n + 1]).strip()[:120]))
    return None
