"""Reference functions: days, warranty."""
import datetime as dt

from .files import J


def day(s):
    return dt.date.fromisoformat(s)


def add_period(start, unit, value):
    """First day not counted; the same day of the target month, or its last day where there is none."""
    months = value * 12 if unit == "years" else value
    y, m = divmod(start.year * 12 + start.month - 1 + months, 12)
    for d in (start.day, 30, 29, 28):
        if d <= start.day:
            try:
                return dt.date(y, m + 1, d)
            except ValueError:
                pass


def is_rest(date, i):
    """A listed rest day, or a day of the weekend that is not worked in exchange for one."""
    return date.isoformat() in i["rest_days"] or date.isoweekday() in i.get("weekend", []) and date.isoformat() not in i.get("workdays", [])


def shift(date, i):
    while is_rest(date, i):
        date += dt.timedelta(days=1)
    return date


def warranty_rule(profile, component):
    p = next(p for p in J["warranty_rules.json"]["profiles"] if p["code"] == profile)
    return next(r for r in p["rules"] if r["component_class"] == component)


def warranty_last_day(i, component=None, start=None):
    rule = warranty_rule(i["profile"], component or i["component_class"])
    unit, value = rule["duration"]["unit"], rule["duration"]["value"]
    if "value_from" in rule["duration"]:
        value = i["design_life_years"]
    return shift(add_period(start or day(i[rule["start_event"]]), unit, value), i)


def season_last_day(start, season, count, count_from):
    def on(year, md):
        return dt.date(year, int(md[:2]), int(md[3:]))
    ends = []
    for year in range(start.year - 1, start.year + count + 3):
        a, b = on(year, season["start"]), on(year + (season["end"] < season["start"]), season["end"])
        if a >= start or count_from == "current_season" and b >= start:
            ends.append(b)
    return ends[count - 1]


def parts_last_day(i):
    field = {None: None, "repair_accepted": "accepted_on", "repair_ended": "ended_on"}[warranty_rule(i["profile"], i["component_class"])["restart_from"]]
    out = {}
    for part in i["parts"]:
        done = [day(r[field]) for r in i["repairs"] if r["part"] == part] if field else []
        out[part] = warranty_last_day(i, start=max(done, default=None)).isoformat()
    return out


def longer(i):
    law = warranty_last_day(i)
    clause = shift(add_period(day(i[i["clause"]["start_event"]]), i["clause"]["unit"], i["clause"]["value"]), i)
    return {"law_last_day": law.isoformat(), "clause_last_day": clause.isoformat(), "governs": "contract" if clause > law else "law", "covered": day(i["asked_on"]) <= max(law, clause)}


def ended(i):
    out = {}
    for c in J["warranty_rules.json"]["class_codes"]:
        rule = warranty_rule(i["profile"], c)
        if rule["duration"]["unit"] == "seasons":
            for s, season in i["seasons"].items():
                out["%s.%s" % (c, s)] = season_last_day(day(i[rule["start_event"]]), season, rule["duration"]["value"], i["count_from"])
        elif rule["duration"]["unit"] != "contract":
            out[c] = warranty_last_day(i, component=c)
    return {"last_days": {k: x.isoformat() for k, x in out.items()}, "ended": [k for k, x in out.items() if x < day(i["today"])]}
