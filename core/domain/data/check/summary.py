"""Prints how much there is of everything."""
from .files import CSV_KEYS, J, T
from .templates import HOME_TEMPLATES, instantiate, public_layout, template_items, templates
from .vectors import RULES


def print_summary():
    for name in CSV_KEYS:
        print("%-24s %4d rows" % (name, len(T[name])))
    for t in sorted(templates()):
        items = template_items(t)
        print("  %-22s %4d items, %d must-test" % (t, len(items), sum(int(r["must_test"]) for r in items)))
    print("%-24s %4d phrases in each language" % ("  defect phrases", sum(len(r["phrases_zh"].split("|")) for r in T["defect_catalogue.csv"])))
    print("%-24s %4d groups" % ("  closed lists", len({r["group"] for r in T["answer_codes.csv"]})))
    print("%-24s %4d profiles" % ("warranty_rules.json", len(J["warranty_rules.json"]["profiles"])))
    print("%-24s %4d machines, %d states, %d transitions, %d guards" % ("state_machines.json", len(J["state_machines.json"]["machines"]), sum(len(m["states"]) for m in J["state_machines.json"]["machines"]),
          sum(len(m["transitions"]) for m in J["state_machines.json"]["machines"]), len(J["state_machines.json"]["guards"])))
    print("%-24s %4d KPIs" % ("kpis.json", len(J["kpis.json"]["kpis"])))
    print("%-24s %4d vectors, %d rules" % ("vectors.json", len(J["vectors.json"]["vectors"]), len(RULES)))
    print("%-24s %4d profiles" % ("complaint_profiles.json", len(J["complaint_profiles.json"]["profiles"])))
    print("%-24s %4d factors, %d bands" % ("delivery_risk.json", len(J["delivery_risk.json"]["factors"]), len(J["delivery_risk.json"]["bands"])))
    print("%-24s %4d rounds, %d areas" % ("patrols.json", len(J["patrols.json"]["rounds"]), len(J["patrols.json"]["areas"])))
    print("%-24s %4d subsets" % ("template_subsets.json", len(J["template_subsets.json"]["subsets"])))
    d = J["demo_project.json"]
    print("%-24s %4d units, %d buildings, %d public places, %d teams, %d staff, %d households, %d noticed, %d forecast" % (
        "demo_project.json", len(d["units"]), len(d["buildings"]), len(d["public_places"]), len(d["teams"]), len(d["staff"]), len(d["households"]),
        sum(p["noticed_units"] for p in d["handover_plan"]), sum(p["forecast_units"] for p in d["handover_plan"])))
    for x in d["layouts"]:
        print("  %-4s %d bedrooms %4d units, answers (must-test): %s" % (x["code"], x["bedrooms"], sum(u["layout"] == x["code"] for u in d["units"]),
              "; ".join("%s %d (%d), as stated %d (%d)" % ((t,) + instantiate(t, x, False) + instantiate(t, x, True)) for t in HOME_TEMPLATES)))
    print("  public places: %s" % "; ".join("%s %d (%d)" % ((t,) + instantiate(t, public_layout(), True)) for t in ("public_patrol_v1", "public_renewal_v1")))
