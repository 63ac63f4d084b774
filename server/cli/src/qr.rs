//! A QR code in the terminal: two rows of modules a line, as blocks.

use crate::failure::Failure;
use qrcode::{EcLevel, QrCode};

/// Draws `text`, with the quiet zone that scanners need. Dark modules are spaces, so that it reads on a dark terminal;
/// scanners take an inverted code too.
///
/// # Errors
/// When the text is too long for a code.
pub fn draw(text: &str) -> Result<Vec<String>, Failure> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).map_err(Failure::internal)?;
    let size = i32::try_from(code.width()).map_err(Failure::internal)?;
    let colors = code.to_colors();
    let light = |x: i32, y: i32| {
        let inside = (0..size).contains(&x) && (0..size).contains(&y);
        let at = usize::try_from(y * size + x).unwrap_or(usize::MAX);
        !inside || colors.get(at).is_none_or(|c| *c == qrcode::Color::Light)
    };
    let cell = |x: i32, y: i32| match (light(x, y), light(x, y + 1)) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    let row = |y: i32| (-2..size + 2).map(|x| cell(x, y)).collect();
    Ok((-2..size + 2).step_by(2).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyturn_server::users::enrolment_url;

    #[test]
    fn an_enrolment_code_fits_a_terminal() {
        let url = enrolment_url("https://keyturn.example.com", "7QK2-M9XD-40FA");
        let drawn = draw(&url).unwrap();
        assert!(drawn.len() < 24, "{} lines", drawn.len());
        assert!(drawn.iter().all(|line| crate::columns::width(line) < 48));
    }
}
