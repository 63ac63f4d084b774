//! Who is and was responsible for a defect: changing needs a name, a reason, and the owner's knowledge.

use crate::events::{Life, Standing};

/// The people responsible for a defect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Responsible {
    /// The one who is now.
    pub engineer: String,
    /// How often it changed.
    pub reassign_count: usize,
    /// All of them, the first one first.
    pub history: Vec<String>,
    /// Ids of events that would have changed it, and were not legal.
    pub flagged: Vec<String>,
}

/// Reads them from the life of a defect. What was not legal is kept and flagged, and changes nothing.
#[must_use]
pub fn responsible(life: &Life) -> Responsible {
    let mut out = Responsible::default();
    for event in life
        .events
        .iter()
        .filter(|e| ["assign", "reassign"].contains(&e.event.as_str()))
    {
        if event.standing != Standing::Legal {
            out.flagged.push(event.id.clone());
            continue;
        }
        let person = event
            .facts
            .get("person")
            .and_then(crate::Value::as_text)
            .unwrap_or_default();
        out.history.push(person.to_owned());
        out.reassign_count += usize::from(event.event == "reassign");
    }
    out.engineer = out.history.last().cloned().unwrap_or_default();
    out
}
