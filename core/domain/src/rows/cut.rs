//! Bodies of rows: CBOR maps, cut to what a role may see.

use super::kind;
use serde::{Serialize, de::DeserializeOwned};

/// Those who look after owners and call them.
const CALLERS: &[&str] = &["ambassador", "reviewer", "manager"];
/// Those who meet owners.
const MEETERS: &[&str] = &["engineer", "ambassador", "reviewer", "manager"];

/// Fields that only some roles see. What is not listed is seen by everybody who holds the scope.
const CUT: &[(&str, &str, &[&str])] = &[
    (kind::STAFF, "phone", &["reviewer", "manager", "administrator"]),
    (kind::PERSON, "name", MEETERS),
    (kind::PERSON, "contact", CALLERS),
    (kind::CONTACT, "words", MEETERS),
    (kind::TASK, "proposal", CALLERS),
];

/// Rows that only some roles are told of at all.
const HIDDEN: &[(&str, &[&str])] = &[(kind::SUBJECT_KEY, MEETERS)];

/// The kinds of rows that not everybody who holds their scope sees whole.
pub const CUT_KINDS: &[&str] = &[kind::STAFF, kind::PERSON, kind::CONTACT, kind::TASK, kind::SUBJECT_KEY];

/// Writes a row.
///
/// # Errors
/// When the value is no CBOR map, which our rows always are.
pub fn body<T: Serialize>(row: &T) -> Result<Vec<u8>, crate::DocumentError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(row, &mut bytes).map_err(|_| crate::DocumentError::Form("a row is a CBOR map"))?;
    Ok(bytes)
}

/// Reads a row; `None` when it is not of that kind.
#[must_use]
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    ciborium::from_reader(bytes).ok()
}

/// Returns the body cut to what somebody with these roles may see; `None`: the row is not for them, and told as gone.
#[must_use]
pub fn cut(kind: &str, body: &[u8], roles: &[&str]) -> Option<Vec<u8>> {
    let among = |seen_by: &[&str]| roles.iter().any(|role| seen_by.contains(role));
    if HIDDEN.iter().any(|(of, seen_by)| *of == kind && !among(seen_by)) {
        return None;
    }
    let hidden: Vec<&str> = CUT
        .iter()
        .filter(|(of, _, seen_by)| *of == kind && !among(seen_by))
        .map(|(_, field, _)| *field)
        .collect();
    if hidden.is_empty() {
        return Some(body.to_vec());
    }
    let Some(ciborium::Value::Map(mut map)) = read(body) else {
        return None;
    };
    map.retain(|(key, _)| key.as_text().is_none_or(|name| !hidden.contains(&name)));
    self::body(&ciborium::Value::Map(map)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Text;
    use crate::rows::{Rest, StaffRow};

    #[test]
    fn every_kind_that_is_cut_is_listed() {
        let cut = CUT
            .iter()
            .map(|(kind, ..)| kind)
            .chain(HIDDEN.iter().map(|(kind, _)| kind));
        assert!(cut.into_iter().all(|kind| CUT_KINDS.contains(kind)));
    }

    #[test]
    fn telephones_are_for_those_who_dispatch_and_unknown_fields_stay() {
        let rest = Rest::from([("desk".to_owned(), ciborium::Value::from(7))]);
        let name = Text {
            zh: "甲安".into(),
            en: "Jia An".into(),
        };
        let row = StaffRow {
            user: crate::UserId::from_bytes([1; 16]),
            code: "eng01".into(),
            name,
            role: "engineer".into(),
            phone: Some("+86 000 0001 0001".into()),
            rest,
        };
        let whole = body(&row).unwrap();
        assert_eq!(
            read::<StaffRow>(&cut(kind::STAFF, &whole, &["manager"]).unwrap()),
            Some(row.clone())
        );
        let seen = read::<StaffRow>(&cut(kind::STAFF, &whole, &["engineer"]).unwrap()).unwrap();
        assert_eq!((seen.phone, seen.rest), (None, row.rest));
    }
}
