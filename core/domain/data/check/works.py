"""Reference functions: checklists, machines, tasks, patrols."""
import datetime as dt

from .days import add_period, day
from .files import J, T
from .tasks import TIMED
from .templates import instantiate, public_layout, template_items


def tolerance(i):
    rows = [r for r in T["tolerances.csv"] if (r["ruleset"], r["rule_id"]) == (i["ruleset"], i["rule_id"]) and r["grade"] in (i["grade"], "all")]
    r, x = rows[0], i["readings"]
    limit = float(r["value"])
    if r["comparator"] == "between":
        return {"value": None, "verdict": "ok" if all(limit <= n <= float(r["value2"]) for n in x) else "defect"}
    value = {"deviation": lambda: max(abs(n - i["design"]) for n in x), "spread": lambda: max(x) - min(x), "reading": lambda: min(x) if r["comparator"] == "min" else max(x)}[r["basis"]]()
    good = value >= limit if r["comparator"] == "min" else value <= limit
    return {"value": value, "verdict": "ok" if good else "defect"}


def bulk_ok(i):
    items = [r for r in template_items(i["template_id"]) if r["section_code"] == i["section_code"]]
    if "features" in i:
        items = [r for r in items if not r["only_if"] or r["only_if"] in i["features"]]
    blank = [r for r in items if r["item_code"] not in i["answers"]]
    still = [r["item_code"] for r in blank if r["must_test"] == "1"]
    return {"ok_bulk": len(blank) - len(still), "still_open": still, "room_complete": not still}


def transition(i):
    m = next(m for m in J["state_machines.json"]["machines"] if m["code"] == i["machine"])
    found = [t for t in m["transitions"] if t["event"] == i["event"] and i["state"] in t["from"]]
    if not found:
        return {"error": "state"}
    t = found[0]
    if i["role"] not in t["roles"]:
        return {"error": "role"}
    missing = [g for g in t["guards"] if g not in i["guards_met"]]
    return {"error": "guard", "missing": missing} if missing else {"state": t["to"] or i["state"]}


def reassignments(i):
    history, flagged, count = [], [], 0
    for n, e in enumerate(i["events"]):
        if e["event"] == "reassign":
            if not (e.get("person") and e.get("reason") and e.get("owner_told")):
                flagged.append(n)
                continue
            count += 1
        history.append(e["person"])
    return {"engineer": history[-1], "reassign_count": count, "history": history, "flagged": flagged}


def instantiate_vector(i):
    layout = public_layout() if i["layout"] == "public_places" else next(x for x in J["demo_project.json"]["layouts"] if x["code"] == i["layout"])
    a, m = instantiate(i["template_id"], layout, {"all": False, "stated": True}[i["features"]])
    return {"answers": a, "must_test": m}


def later(date, period):
    """A trigger's period: days, months or years after its event."""
    number, unit = period
    if number is None:
        return date
    return date + dt.timedelta(days=int(number)) if unit == "d" else add_period(date, {"mo": "months", "y": "years"}[unit], int(number))


def task_rule(code):
    return next(r for r in T["task_rules.csv"] if r["rule_code"] == code)


def task_open(i):
    """Counts from the event of the trigger, from that of the fallback only while the first is unknown."""
    r = task_rule(i["rule_code"])
    for trigger in (r["trigger"], r["fallback_trigger"]):
        event, *period = TIMED.match(trigger).groups() if trigger else (None,)
        if event and i.get(event):
            opens = later(day(i[event]), period)
            out = {"opens_on": opens.isoformat(), "due": (opens + dt.timedelta(days=int(r["due"][:-1]))).isoformat(), "anchor": event}
            return dict(out, count=1) if r["scope"] in ("batch", "project") else out
    return {"opens_on": None}


def task_replan(i):
    """A planned task moves with a date learnt later; what has begun or is done stays as it is."""
    new = task_open(i)
    if i["state"] != "planned" or new["opens_on"] in (None, i["opened_on"]):
        return {"action": "kept"}
    return {"opens_on": new["opens_on"], "due": new["due"], "action": "moved"}


def task_occurrences(i):
    """Every occurrence is counted from the first, so that the end of a short month moves none of the others."""
    r, first = task_rule(i["rule_code"]), day(task_open(i)["opens_on"])
    step = {"daily": (1, "d"), "weekly_until_closed": (7, "d"), "monthly_until_handover": (1, "mo"), "yearly": (1, "y")}
    out = []
    while not out or r["repeat"] in step:
        number, unit = step.get(r["repeat"], (0, "d"))
        opens = later(first, (number * len(out), unit))
        if r["repeat"] in step and (opens > day(i["until"]) or i.get("ends") and opens >= day(i["ends"])):
            break
        out.append([opens.isoformat(), (opens + dt.timedelta(days=int(r["due"][:-1]))).isoformat()])
    return {"tasks": out}


def patrol_on_time(i):
    p = J["patrols.json"]
    r = next(r for r in p["rounds"] if r["code"] == i["round"])

    def minutes(t):
        return int(t[:2]) * 60 + int(t[3:])
    off = max(abs(minutes(i["started"]) - minutes(r["start"])), abs(minutes(i["ended"]) - minutes(r["end"])))
    out = {"on_time": off <= p["tolerance_minutes"] and i["points_missing"] == 0}
    return dict(out, exception=True) if not out["on_time"] and i["reason"] else out
