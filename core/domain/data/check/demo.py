"""The demo project."""
import datetime as dt
import os
import subprocess
import sys
import tempfile

from .expect import clock, date_ok, expect, expect_equal
from .files import CODE, HERE, J, T, codes, fail, group
from .templates import templates


def check_demo():
    d, w = J["demo_project.json"], "demo_project.json"
    rooms = codes("rooms.csv", "room_code")
    layouts = {x["code"]: x for x in d["layouts"]}
    teams, staff = {x["code"]: x for x in d["teams"]}, {x["code"]: x for x in d["staff"]}
    buildings = {x["code"]: x for x in d["buildings"]}
    for x in d["layouts"]:
        beds = sum(1 for r in x["rooms"] if r["kind"] in ("bedroom", "master_bedroom"))
        if beds != x["bedrooms"] or any(r["kind"] not in rooms for r in x["rooms"]):
            fail(w, "layout %s" % x["code"])
        for f in x["features"] + [f for r in x["rooms"] for f in r["features"]]:
            expect(w, f, group("feature"), "feature")
        if any(set(r["features"]) & set(x["features"]) or len(set(r["features"])) != len(r["features"]) for r in x["rooms"]):
            fail(w, "layout %s states a feature twice" % x["code"])
    if group("feature") - {f for x in d["layouts"] for f in x["features"] + [f for r in x["rooms"] for f in r["features"]]}:
        fail(w, "a feature that no layout has")
    if {x["bedrooms"] for x in d["layouts"]} != {2, 3, 4}:
        fail(w, "layouts of 2, 3 and 4 bedrooms")
    for t in teams.values():
        if staff[t["engineer"]]["role"] != "engineer" or staff[t["ambassador"]]["role"] != "ambassador":
            fail(w, "team %s" % t["code"])
    numbers = [u["no"] for u in d["units"]]
    if len(numbers) != 799 or len(set(numbers)) != 799 or d["project"]["units"] != 799:
        fail(w, "not 799 different units: %d" % len(numbers))
    if len(buildings) != 8 or sum(b["units"] for b in buildings.values()) != 799 or len(teams) != 24:
        fail(w, "buildings or teams")
    per_day, comes, cells = {}, {}, set()
    for u in d["units"]:
        b, e, rest = u["no"].split("-")
        if "b" + b != u["building"] or int(e) != u["entrance"] or int(rest[:2]) != u["floor"] or u["layout"] not in layouts:
            fail(w, "unit %s" % u["no"])
        per_day[u["day"]] = per_day.get(u["day"], 0) + 1
        comes[u["comes_on_day"]] = comes.get(u["comes_on_day"], 0) + 1
        cell = (u["day"], u["slot"], u["team"])
        if cell in cells or not 1 <= u["slot"] <= len(d["event"]["slots"]):
            fail(w, "slot taken twice or unknown: %s" % (cell,))
        cells.add(cell)
    plan = d["handover_plan"]
    if len(plan) != 10 or sum(p["noticed_units"] for p in plan) != 799 or sum(p["forecast_units"] for p in plan) != 799:
        fail(w, "plan does not sum to 799")
    expect_equal(w, [p["forecast_units"] for p in plan], [62, 150, 150, 62, 62, 62, 62, 63, 63, 63], "forecast and the sums of comes_on_day")
    moved = [u for u in d["units"] if u["comes_on_day"] != u["day"]]
    if len(moved) != 140 or {u["comes_on_day"] for u in moved} != {2, 3}:
        fail(w, "140 homes come on another day, all on the weekend")
    for p in plan:
        date = dt.date.fromisoformat(p["date"])
        if per_day.get(p["day"]) != p["noticed_units"] or comes.get(p["day"]) != p["forecast_units"] or max(p["noticed_units"], p["forecast_units"]) > p["slot_capacity"]:
            fail(w, "day %d: homes" % p["day"])
        if (date.weekday() >= 5) != p["weekend"] or len(set(p["teams"])) != p["team_count"] or p["slot_capacity"] != p["team_count"] * len(d["event"]["slots"]) or set(p["teams"]) - set(teams):
            fail(w, "day %d: teams" % p["day"])
        if p["weekend"] != (p["day"] in (2, 3)) or p["weekend"] != (p["forecast_units"] == 150) or p["noticed_units"] not in (79, 80):
            fail(w, "about 80 a day in the notices, days 2 and 3 are the weekend with 150")
    if any(u["team"] not in plan[u["day"] - 1]["teams"] for u in d["units"]):
        fail(w, "a team that is not on duty")
    if not 1 <= d["event"]["batch"] <= d["event"]["batches"] or not CODE.match(d["event"]["code"]):
        fail(w, "batch")

    kinds_here, places = {}, d["public_places"]
    for x in places:
        kinds_here[x["kind"]] = kinds_here.get(x["kind"], 0) + 1
        if x["building"] is not None and (x["building"] not in buildings or x["entrance"] is not None and not 1 <= x["entrance"] <= buildings[x["building"]]["entrances"]) \
                or x["building"] is None and x["entrance"] is not None or not CODE.match(x["code"]):
            fail(w, "public place %s" % x["code"])
    entrances = sum(b["entrances"] for b in buildings.values())
    want = {r["room_code"]: 1 for r in T["rooms.csv"] if r["group"] == "public"}
    want.update(dict.fromkeys(("pub_lobby", "pub_lift", "pub_corridor", "pub_fire"), entrances))
    want.update(dict.fromkeys(("pub_roof", "pub_facade", "pub_comm_room"), len(buildings)))
    expect_equal(w, kinds_here, want, "public places by kind")
    expect_equal(w, (entrances, len(places), len({x["code"] for x in places})), (13, 87, 87), "entrances and public places")

    roles = {r["code"] for r in J["state_machines.json"]["roles"]}
    for x in d["staff"]:
        expect(w, x["role"], roles - {"owner", "system"}, "role")
    shares = {}
    for n, h in enumerate(d["households"], 1):
        shares[h["ambassador"]] = shares.get(h["ambassador"], 0) + 1
        people = [x["relation"] for x in h["people"]]
        if people != (["owner", "tenant"] if n % 15 == 0 else ["owner"]) or (h["quiet_hours"] is not None) != (n % 40 == 0):
            fail(w, "household %s" % h["code"])
        for x in people:
            expect(w, x, group("relation"), "relation")
        for pair in h["quiet_hours"] or []:
            for x in pair:
                clock(w, x)
    if set(shares) != {"amb%02d" % k for k in range(1, 13)} or set(shares.values()) != {66, 67} or any(staff[x]["role"] != "ambassador" for x in shares):
        fail(w, "households are not shared out evenly: %s" % shares)
    heads = [c["head"] for c in d["crews"]]
    if len(set(heads)) != len(heads) or any(staff[x]["role"] != "subcontractor" for x in heads) or len(heads) != sum(x["role"] == "subcontractor" for x in d["staff"]):
        fail(w, "one head per crew")
    for x in d["duty_roster"]:
        expect(w, x["person"], set(staff), "person")
        expect(w, x["covers"], {"hotline", "severity_a"}, "duty")
        clock(w, x["from"]), clock(w, x["to"])
    rest = d["calendar"]["rest_days"]
    if rest != sorted({date_ok(w, x) for x in rest}) or d["calendar"]["weekend"] != [6, 7]:
        fail(w, "calendar")
    for x in d["sales_promises"]:
        expect(w, x["unit"], set(numbers), "unit")
        date_ok(w, x["by"])
    if len({x["code"] for x in d["disclosures"]}) != len(d["disclosures"]) or not all(CODE.match(x["code"]) for x in d["disclosures"]):
        fail(w, "disclosures")
    if sorted(h["unit"] for h in d["households"]) != sorted(numbers):
        fail(w, "one household per unit")
    for p in d["households"] + d["staff"]:
        if not p["phone"].startswith("+86 000 "):
            fail(w, "phone must be clearly fake: %s" % p["phone"])
    for kind in ("households", "staff"):
        if len({x["code"] for x in d[kind]}) != len(d[kind]) or len({x["phone"] for x in d[kind]}) != len(d[kind]):
            fail(w, "%s twice" % kind)
    pr = d["project"]
    if pr["warranty_profile"] not in {p["code"] for p in J["warranty_rules.json"]["profiles"]} or pr["complaint_profile"] not in {p["code"] for p in J["complaint_profiles.json"]["profiles"]} \
            or pr["tolerance_ruleset"] not in codes("tolerances.csv", "ruleset") or pr["template"] not in templates():
        fail(w, "project settings point nowhere")
    for c in d["crews"]:
        for t in c["trades"]:
            if t not in codes("trades.csv", "trade_code"):
                fail(w, "crew trade %s" % t)
    path = os.path.join(HERE, w)
    if os.path.getsize(path) >= 400 * 1000:
        fail(w, "too large")
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "again.json")
        subprocess.run([sys.executable, os.path.join(HERE, "make_demo_project.py"), out], check=True, stdout=subprocess.DEVNULL)
        if open(out, "rb").read() != open(path, "rb").read():
            fail(w, "differs from what make_demo_project.py writes")
