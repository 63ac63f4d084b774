"""The items of templates, and how many answers a layout needs."""
from .files import J, T


def template_items(template_id):
    """The items of a template, as rows of checklists.csv; a subset takes them from its base and may add some."""
    for s in J["template_subsets.json"]["subsets"]:
        if s["template_id"] == template_id:
            base = {r["item_code"]: r for r in T["checklists.csv"] if r["template_id"] == s["base"]}
            rows = [dict(base[c], tolerance_rule=s["tolerance_rule"].get(c, base[c]["tolerance_rule"])) for c in s["items"] if c in base]
            return rows + [{k: str(v) for k, v in a.items() if k != "readings"} for a in s["added_items"]]
    return [r for r in T["checklists.csv"] if r["template_id"] == template_id]


def templates():
    return [s["template_id"] for s in J["template_subsets.json"]["subsets"]] + list(dict.fromkeys(r["template_id"] for r in T["checklists.csv"]))


def instantiate(template_id, layout, stated):
    """How many answers (and how many must-test ones) a layout needs; `stated`: items with only_if appear only where the layout states the feature."""
    kinds = {r["room_code"]: r["group"] for r in T["rooms.csv"]}
    rooms, answers, must = layout["rooms"], 0, 0
    whole = set(layout["features"]).union(*(x["features"] for x in rooms))
    for r in template_items(template_id):
        def fits(features):
            return not stated or not r["only_if"] or r["only_if"] in features
        here = [x for x in rooms if fits(set(layout["features"]) | set(x["features"]))]
        kind, _, target = r["room_kinds"].partition(":")
        if kind == "once":
            n = int(fits(whole))
        elif kind == "per_window":
            n = sum(x["windows"] for x in here)
        elif kind == "per_door":
            n = sum(x["doors"] for x in here)
        else:
            n = sum(1 for x in here if target in (x["kind"], kinds[x["kind"]]))
        answers += n
        must += n * int(r["must_test"])
    return answers, must


def public_layout():
    return {"features": [], "rooms": [{"kind": p["kind"], "windows": 0, "doors": 0, "features": []} for p in J["demo_project.json"]["public_places"]]}


HOME_TEMPLATES = ["handover_fitout_v1", "handover_shell_v1", "one_year_check_v1", "three_month_check_v1", "fitout_patrol_v1"]
