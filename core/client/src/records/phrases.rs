//! Which ready words a command used: noted in its transaction, so that what is used here rises.

use keyturn_domain::schema::Field;
use keyturn_domain::{Container, Document, Value, Write};
use std::collections::BTreeSet;

/// Longer ones are no phrases.
const LONGEST: usize = 64;
/// So many digits in a row may be somebody's number; such words are not offered elsewhere.
const DIGITS: usize = 5;

/// Phrases of one command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct UsedHere {
    /// What they are about: a building part, or the kind of the record.
    pub(crate) part: String,
    /// The phrases.
    pub(crate) phrases: BTreeSet<String>,
}

/// Returns the phrases that a command used in a record.
pub(crate) fn used(document: &Document, writes: &[Write]) -> UsedHere {
    let phrases: BTreeSet<String> = writes.iter().flat_map(spoken).flat_map(split).collect();
    if phrases.is_empty() {
        return UsedHere::default(); // most commands are taps
    }
    // The part of a defect stands in it since it was recorded, whatever later data call it.
    let part = Field::read(document, Container::Fields, "component");
    let part = Some(part.text()).filter(|part| !part.is_empty());
    UsedHere {
        part: part.unwrap_or(&document.genesis().kind).to_owned(),
        phrases,
    }
}

/// The text of a write in which ready words stand.
fn spoken(write: &Write) -> Option<&str> {
    match write {
        Write::Prose { name, text } if name == "description" => Some(text),
        Write::Put {
            container: Container::Fields,
            key,
            value,
        } if key == "phrase" => value.as_text(),
        Write::Entry {
            container: Container::Items,
            fields,
            ..
        } => {
            let text = |name: &str| fields.get(name).and_then(Value::as_text);
            match text("type") {
                Some("remark" | "option" | "update") => text("text"),
                Some("tag") => text("tag"),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The phrases of a text: what stands between line breaks, semicolons and full stops.
fn split(text: &str) -> Vec<String> {
    let parts = text.split(['\n', '；', ';', '。']).map(str::trim);
    let number = |part: &str| {
        part.split(|c: char| !c.is_numeric())
            .any(|run| run.chars().count() >= DIGITS)
    };
    parts
        .filter(|part| (2..=LONGEST).contains(&part.chars().count()) && !number(part))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn phrases_stand_between_stops_and_numbers_of_people_are_none() {
        let text = "空鼓处已经开裂；墙角抹灰空鼓，已贴标记。\n业主电话 00000000001\n裂";
        assert_eq!(split(text), ["空鼓处已经开裂", "墙角抹灰空鼓，已贴标记"]);
        assert_eq!(split(&"长".repeat(65)), [] as [&str; 0]);
    }
}
