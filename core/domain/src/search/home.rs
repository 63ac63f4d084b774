//! The ways in which people name a home.

/// What stands between building, entrance and number, in the ways in which people say it.
const SPOKEN: [&str; 3] = ["栋", "幢", "号楼"];

/// Returns what a home is found by, a line each: `3-2-1201`, `3栋2单元1201`, `3栋1201`, `321201`, `1201` …
///
/// A number of another form is found as it is, and by its last part.
#[must_use]
pub fn home_words(no: &str) -> String {
    let parts: Vec<&str> = no.split('-').collect();
    let mut lines = vec![no.to_owned()];
    if let [building, entrance, number] = parts.as_slice() {
        for spoken in SPOKEN {
            lines.push(format!("{building}{spoken}{entrance}单元{number}"));
            lines.push(format!("{building}{spoken}{number}"));
        }
        lines.push(format!("building {building} entrance {entrance} {number}"));
        lines.push(format!("{building}-{number}"));
        lines.push(parts.concat());
    }
    if let Some(number) = parts.last().filter(|_| parts.len() > 1) {
        lines.push((*number).to_owned());
        let short = number.trim_start_matches('0');
        if short != *number && !short.is_empty() {
            lines.push(short.to_owned());
        }
    }
    lines.join("\n")
}

/// Returns a key under which `2` stands before `10`.
#[must_use]
pub fn natural(text: &str) -> Vec<(u64, &str)> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .map(|part| (part.parse().unwrap_or(u64::MAX), part))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::home_words;
    use crate::search::{Fit, Pattern, fold};

    #[test]
    fn a_home_has_many_names() {
        let words = fold(&home_words("3-2-0801"));
        let fit = |query| Pattern::new(query).and_then(|p| p.fit(&words));
        for query in [
            "3-2-0801",
            "３－２－０８０１",
            "3栋2单元0801",
            "3幢0801",
            "3号楼2单元0801",
            "3d2dy0801",
            "320801",
            "0801",
            "801",
        ] {
            assert_eq!(fit(query), Some(Fit::Whole), "{query}");
        }
        for query in ["3栋", "3-2", "3D", "Building 3", "3栋 0801", "08"] {
            assert!(fit(query) >= Some(Fit::Begins), "{query}");
        }
        for query in ["2栋", "3-2-0802", "901", "3-2-0801-1"] {
            assert_eq!(fit(query), None, "{query}");
        }
        assert_eq!(home_words("A座顶楼"), "A座顶楼");
    }
}
