//! How long a crew holds a home: as long as a record there that is not at its end names one of it. This is the one place
//! that says so; whoever is sent by a task, or given a home by hand, is no matter of it.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, StateKind};
use crate::ids::UserId;
use crate::record::Projection;

/// Events that name whoever shall do it.
pub const NAMING_EVENTS: [&str; 3] = ["assign", "reassign", "dispatch"];

/// Who was named in the records of a home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jobs {
    /// Those whom a record names that is not at its end.
    pub open: BTreeSet<UserId>,
    /// Those whose records there have all ended, or went to somebody else.
    pub over: BTreeSet<UserId>,
}

impl Jobs {
    /// Reads the records of one home.
    #[must_use]
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Projection>) -> Self {
        let mut jobs = Self::default();
        for record in records {
            let steps = record.history.iter();
            let named = steps.filter(|step| NAMING_EVENTS.contains(&step.event.as_str()));
            jobs.over
                .extend(named.filter_map(|step| step.person.parse::<UserId>().ok()));
            if let (false, Ok(person)) = (is_over(record), record.person.parse()) {
                jobs.open.insert(person);
            }
        }
        jobs.over.retain(|user| !jobs.open.contains(user));
        jobs
    }
}

/// Tells whether a record has come to an end of its life.
pub(super) fn is_over(shown: &Projection) -> bool {
    let complaint = shown.case_kind == "complaint";
    let machine = if complaint { "complaint" } else { shown.kind.as_str() };
    let machine = Catalog::built_in()
        .ok()
        .and_then(|catalog| catalog.machines.get(machine));
    let state = machine.and_then(|machine| machine.state(&shown.state));
    state.is_some_and(|state| state.kind == StateKind::Final)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Step;

    #[test]
    fn a_job_is_over_when_its_record_has_ended_or_went_to_somebody_else() {
        let user = |n: u8| UserId::from_bytes([n; 16]);
        let record = |state: &str, named: &[u8]| Projection {
            kind: "defect".into(),
            state: state.into(),
            person: named.last().map(|n| user(*n).to_string()).unwrap_or_default(),
            history: named
                .iter()
                .map(|n| Step {
                    event: "assign".into(),
                    person: user(*n).to_string(),
                    ..Step::default()
                })
                .collect(),
            ..Projection::default()
        };
        let records = [
            record("closed", &[1]),
            record("in_repair", &[2]),
            record("assigned", &[3, 4]),
            record("cancelled", &[4]),
            record("reopened", &[5]),
            record("recorded", &[]),
        ];
        let jobs = Jobs::of(&records);
        assert_eq!(jobs.open, [2, 4, 5].map(user).into());
        assert_eq!(jobs.over, [1, 3].map(user).into());
    }
}
