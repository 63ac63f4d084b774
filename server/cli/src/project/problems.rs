//! Mistakes as lines: where, what stands there, what was expected.

use super::words;
use crate::columns;
use crate::failure::Failure;
use crate::out::Out;
use keyturn_server::project::{Problem, Problems};
use keyturn_server::protocol::Code;

/// Makes one failure of all mistakes.
pub fn failure(code: Code, problems: &Problems, out: &Out) -> Failure {
    let all = problems.list.len() + problems.more;
    let detail = if problems.more == 0 {
        out.text(words::WRONG_COUNT, &[&all])
    } else {
        out.text(words::WRONG_MORE, &[&all, &problems.list.len()])
    };
    let listed = problems.list.iter().map(|problem| {
        let value = serde_json::to_value(problem).unwrap_or_default();
        (lines(problem, out), value)
    });
    Failure::new(code, detail).listing(listed.collect())
}

fn lines(problem: &Problem, out: &Out) -> String {
    let mut place = vec![problem.file.clone()];
    place.extend(problem.row.map(|row| out.text(words::WRONG_ROW, &[&row])));
    if !problem.column.is_empty() {
        place.push(out.text(words::WRONG_COLUMN, &[&problem.column]));
    }
    let found = match problem.value.as_deref() {
        None => String::new(),
        Some("") => out.text(words::WRONG_EMPTY, &[]),
        Some(value) => out.text(words::WRONG_FOUND, &[&value]),
    };
    let expected = out.text(words::WRONG_EXPECTED, &[&problem.expected.get(lang(out))]);
    let text = format!(
        "{}{}{found}{expected}",
        place.join(&out.text(words::WRONG_COMMA, &[])),
        out.text(words::WRONG_COLON, &[])
    );
    columns::wrap(&text, columns::WIDTH - 2).join("\n  ")
}

pub const fn lang(out: &Out) -> keyturn_server::domain::catalog::Lang {
    match out.lang {
        crate::lang::Lang::Zh => keyturn_server::domain::catalog::Lang::Zh,
        crate::lang::Lang::En => keyturn_server::domain::catalog::Lang::En,
    }
}
