//! Mistakes in the rules of time: each names its file, its line and what was expected.

use super::broken::break_it;

#[test]
fn a_wrong_rule_of_time_names_its_place() {
    let rules = [
        // Two rules with one code.
        (
            "task_rules.csv",
            "tr-channels,",
            "tr-disclosure,",
            "rule_code",
            "a key that no earlier row has",
        ),
        (
            "task_rules.csv",
            "7d,ambassador,,,sign",
            "7d,astronaut,,,sign",
            "role",
            "a role of state_machines.json",
        ),
        (
            "task_rules.csv",
            "moved_in+3mo,handover+3mo,7d,ambassador,,,m3",
            "moved_in+3w,handover+3mo,7d,ambassador,,,m3",
            "trigger",
            "an event of the journey, or one and a time: moved_in+3mo",
        ),
        (
            "task_rules.csv",
            "design_changed,,3d",
            "design_changed,,soon",
            "due",
            "days, as 7d",
        ),
        (
            "task_rules.csv",
            "handover,home,moved_in,,",
            "garden,home,moved_in,,",
            "step_code",
            "a step of journey_steps.csv",
        ),
        (
            "task_rules.csv",
            "three_month,three_month_check_v1",
            "three_month,",
            "template_id",
            "a template and an inspection kind, or neither",
        ),
        (
            "task_rules.csv",
            "move_in,move_in_v1",
            "move_in,move_out_v1",
            "script_id",
            "a script of visit_scripts.csv",
        ),
        (
            "task_rules.csv",
            "3d,reviewer,,,repair",
            "3d,engineer,,,repair",
            "role",
            "a role that is not rated by the answers",
        ),
        (
            "task_rules.csv",
            "batch,batch_handover+4y",
            "home,batch_handover+4y",
            "trigger",
            "an event of the batch exactly for the scope batch",
        ),
        (
            "task_rules.csv",
            "moved_in+12mo,handover+12mo,14d",
            "moved_in+12mo,moved_in+6mo,14d",
            "fallback_trigger",
            "another event than that of the trigger: a rule never waits for itself",
        ),
        (
            "task_rules.csv",
            "weekly_until_closed",
            "now_and_then",
            "repeat",
            "nothing, daily, weekly_until_closed, monthly_until_handover or yearly",
        ),
        (
            "journey_steps.csv",
            "moved_in+3mo",
            "moved_in+4mo",
            "trigger",
            "the trigger of a rule of task_rules.csv with this step",
        ),
        (
            "journey_steps.csv",
            "warranty_notice|",
            "warranty_letter|",
            "document_kinds",
            "codes of document_kinds.csv",
        ),
        (
            "event_prep.csv",
            "10,reviewer,30",
            "15,reviewer,30",
            "days_before",
            "not more days than the row above",
        ),
        (
            "event_prep.csv",
            "7,manager,50",
            "7,nobody,50",
            "role",
            "a role of state_machines.json",
        ),
    ];
    for (file, old, new, column, expected) in rules {
        let (error, line) = break_it(file, old, new);
        let found = (
            error.file.as_str(),
            error.line,
            error.column.as_str(),
            error.expected.as_str(),
        );
        assert_eq!(found, (file, Some(line), column, expected), "{error}");
    }
}

#[test]
fn a_wrong_value_in_warranty_deadlines_and_patrols_names_path_and_line() {
    let values = [
        (
            "warranty_rules.json",
            "\"cn_delivery_example\"",
            "\"cn_national_contractor_example\"",
            "profiles[1].code",
            "a code that is not there yet",
        ),
        (
            "warranty_rules.json",
            "\"within_six_months\"",
            "\"within_a_year\"",
            "date_rules.marks",
            "a mark within_six_months",
        ),
        (
            "warranty_rules.json",
            "\"wp-03\"",
            "\"wp-93\"",
            "contract_clauses_example.clauses[0].defect_codes[0]",
            "a code of defect_catalogue.csv",
        ),
        // Steps that wait for each other: the first of them names one that comes later.
        (
            "complaint_profiles.json",
            "\"after\": null",
            "\"after\": \"finish\"",
            "profiles[1].steps[0].after",
            "an earlier step of this profile: steps that wait for each other never begin",
        ),
        (
            "complaint_profiles.json",
            "\"met_by\": [\"triage\"",
            "\"met_by\": [\"tidy_up\"",
            "profiles[0].steps[0].met_by[0]",
            "a known event of a case or complaint",
        ),
        (
            "complaint_profiles.json",
            "\"to_role\": \"manager\"",
            "\"to_role\": \"mayor\"",
            "escalation[1].to_role",
            "a role of state_machines.json",
        ),
        (
            "complaint_profiles.json",
            "\"receiver\": \"quality\"",
            "\"receiver\": \"press\"",
            "escalation[2].receiver",
            "a code of escalation_receivers",
        ),
        (
            "complaint_profiles.json",
            "\"severity\": \"B\"",
            "\"severity\": \"A\"",
            "defect_targets[1].severity",
            "a code that is not there yet",
        ),
        (
            "complaint_profiles.json",
            "\"cluster_min_homes\": 3",
            "\"cluster_min_homes\": 1",
            "major.cluster_min_homes",
            "2 or more",
        ),
        (
            "patrols.json",
            "\"start\": \"15:00\"",
            "\"start\": \"10:00\"",
            "rounds[1].start",
            "rounds that rise and do not overlap",
        ),
        (
            "patrols.json",
            "\"pub_shop\"",
            "\"pub_lobby\"",
            "areas[2].rooms[0]",
            "a public kind of rooms.csv that no other area has",
        ),
        (
            "patrols.json",
            "\"daily_close\": \"18:00\"",
            "\"daily_close\": \"16:00\"",
            "log.daily_close",
            "a time after the last round",
        ),
    ];
    for (file, old, new, path, expected) in values {
        let (error, line) = break_it(file, old, new);
        let found = (error.file.as_str(), error.column.as_str(), error.expected.as_str());
        assert_eq!(found, (file, path, expected), "{error}");
        // A missing element is told of at its list, everything else on its own line.
        assert!(
            error
                .line
                .is_some_and(|told| told == line || path == "date_rules.marks"),
            "{error}"
        );
    }
}

#[test]
fn an_impossible_date_or_time_names_its_line() {
    let values = [
        (
            "warranty_rules.json",
            "\"start\": \"11-15\"",
            "\"start\": \"11-31\"",
            "no day that every year has",
        ),
        (
            "warranty_rules.json",
            "\"start\": \"11-15\"",
            "\"start\": \"02-29\"",
            "no day that every year has",
        ),
        (
            "warranty_rules.json",
            "\"valid_from\": null",
            "\"valid_from\": \"2026-02-30\"",
            "out of range",
        ),
        (
            "warranty_rules.json",
            "\"unit\": \"years\"",
            "\"unit\": \"moons\"",
            "unknown variant `moons`",
        ),
        (
            "complaint_profiles.json",
            "\"13:30\"",
            "\"13:60\"",
            "expected a time of day",
        ),
        (
            "complaint_profiles.json",
            "\"Asia/Shanghai\"",
            "\"Asia/Atlantis\"",
            "expected the name of a time zone",
        ),
        (
            "patrols.json",
            "\"start\": \"09:30\"",
            "\"start\": \"9:30\"",
            "expected a time of day",
        ),
    ];
    for (file, old, new, expected) in values {
        let (error, line) = break_it(file, old, new);
        assert_eq!((error.file.as_str(), error.line), (file, Some(line)), "{error}");
        assert!(error.expected.contains(expected), "{error}");
    }
}
