"""Sees that mistakes are found."""
import os
import shutil
import subprocess
import sys
import tempfile

from .files import HERE

BROKEN = [  # file, what stands there, what is put in its place, what is said
    ("visit_scripts.csv", "move_in_v1,agree,always", "move_in_v1,act,satisfied", "line 11, part_code: expected a script with the parts tone, explore, agree, act, confirm, found tone, explore, act, confirm"),
    ("visit_scripts.csv", "revisit_v1,agree,satisfied", "revisit_v1,agree,pleased", "line 24, when: expected a known when, found pleased"),
    ("surveys.csv", "handover-2,handover", "handover-1,handover", "line 15, question_id: expected a key that no earlier row has"),
    ("surveys.csv", "TXT,0,,,交付调查", "TXT,1,,,交付调查", "line 19, required: expected at most 5 required questions in handover, found 6"),
    ("surveys.csv", "yes|no,,0,TXT,yes", "yes|no,,0,TXT,maybe", "line 13, follow_up_on: expected any, or one of option_codes"),
    ("delivery_risk.json", '"up_to": 49', '"up_to": 19', "line 18, bands[1].up_to: expected a limit above that of the band before, found 19"),
    ("delivery_risk.json", '"decided_by": "manager"', '"decided_by": "boss"', "line 22, gate.decided_by: expected a known role, found boss"),
    ("kpis.json", '"y1-5"', '"y1-55"', "kpis[24].questions[0]: expected a known question, found y1-55"),
    ("state_machines.json", '"verifier_not_repairer"\n', '"verifier_is_fine"\n', "guards[0]: expected a known guard, found verifier_is_fine"),
    ("state_machines.json", '"roles": [\n            "reviewer",', '"roles": [\n            "boss",', "roles[0]: expected a known role, found boss"),
    ("task_rules.csv", "tr-channels,", "tr-disclosure,", "line 3, rule_code: expected a key that no earlier row has"),
    ("task_rules.csv", "7d,ambassador,,,sign", "7d,astronaut,,,sign", "line 4, role: expected a known role, found astronaut"),
    ("task_rules.csv", "weekly_until_closed", "now_and_then", "line 23, repeat: expected a known repeat, found now_and_then"),
    ("task_rules.csv", "moved_in+12mo,handover+12mo,14d", "moved_in+12mo,moved_in+6mo,14d", "line 15, fallback_trigger: expected another event than that of the trigger"),
    ("event_prep.csv", "7,manager,50", "7,nobody,50", "line 6, role: expected a known role, found nobody"),
    ("journey_steps.csv", "moved_in+3mo", "moved_in+4mo", "line 6, trigger: expected a known trigger"),
    ("warranty_rules.json", '"cn_delivery_example"', '"cn_national_contractor_example"', "line 205, profiles[1].code: expected a code that is not there yet"),
    ("warranty_rules.json", '"start": "11-15"', '"start": "02-29"', "line 78, season_rules.example_seasons[0].start: expected a day that every year has"),
    ("warranty_rules.json", '"valid_from": null', '"valid_from": "2026-02-30"', "line 129, profiles[0].valid_from: expected a date, found 2026-02-30"),
    ("complaint_profiles.json", '"after": null', '"after": "finish"', "line 97, profiles[1].steps[0].after: expected an earlier step of this profile"),
    ("complaint_profiles.json", '"to_role": "manager"', '"to_role": "mayor"', "line 228, escalation[1].to_role: expected a known role, found mayor"),
    ("complaint_profiles.json", '"13:30"', '"13:60"', "line 81, profiles[1].calendar.working_hours[1][0]: expected a time of day"),
    ("complaint_profiles.json", '"Asia/Shanghai"', '"Asia/Atlantis"', "line 85, profiles[1].calendar.time_zone: expected the name of a time zone"),
    ("patrols.json", '"start": "09:30"', '"start": "9:30"', "line 16, rounds[0].start: expected a time of day"),
    ("patrols.json", '"start": "15:00"', '"start": "10:00"', "line 17, rounds[1].start: expected rounds that rise and do not overlap"),
    ("moments.csv", "change_notice,,50", "change_note,,50", "line 6, held_in: expected a known document kind, found change_note"),
]


def broken():
    """Breaks a copy of the folder in one way after the other, and sees that each is reported with file and line."""
    missed = 0
    for name, old, new, said in BROKEN:
        with tempfile.TemporaryDirectory() as tmp:
            folder = os.path.join(tmp, "data")
            shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
            text = open(os.path.join(HERE, name), encoding="utf-8", newline="").read()
            if text.count(old) < 1:
                raise SystemExit("%s has no %s" % (name, old))
            with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as f:
                f.write(text.replace(old, new, 1))
            run = subprocess.run([sys.executable, os.path.join(folder, "check.py")], stdout=subprocess.PIPE, check=False)
        out = run.stdout.decode("utf-8")
        lines = [x for x in out.splitlines() if x.startswith(" - " + name) and said in x]
        if run.returncode != 1 or not lines:
            missed += 1
            print("not reported: %s, %s -> %s\n%s" % (name, old, new, out[out.find("problems"):]))
    print("%d mistakes, %d not reported" % (len(BROKEN), missed))
    return 1 if missed else 0
