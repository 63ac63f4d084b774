//! What a phone scans to enrol: the server's address and the code; as an address, and as a picture of it.
use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::Error;

/// The quiet zone that scanners need, in modules.
const QUIET: usize = 4;

/// Returns the address that stands in the code.
pub fn enrolment_url(server: &str, code: &str) -> String {
    format!("keyturn://enrol?server={}&code={code}", escape(server))
}

fn escape(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let one = |b: u8| {
        if plain(b) {
            char::from(b).to_string()
        } else {
            format!("%{b:02X}")
        }
    };
    text.bytes().map(one).collect()
}

/// Draws a text as a QR code in SVG: one path of dark modules on white, of any size.
///
/// # Errors
/// `internal` for a text that is too long for a code.
pub fn svg(text: &str) -> Result<String, Error> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| Error::Internal(e.to_string()))?;
    let width = code.width();
    let mut path = String::new();
    for (n, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // Writing into a text cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", n % width + QUIET, n / width + QUIET);
        }
    }
    let side = width + 2 * QUIET;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_picture_with_a_quiet_zone() {
        let url = enrolment_url("https://keyturn.example.com", "7QK2-M9XD-40FA");
        assert!(url.starts_with("keyturn://enrol?server=https%3A%2F%2Fkeyturn.example.com&code=7QK2"));
        let drawn = svg(&url).unwrap();
        // The corner of a finder stands right behind the quiet zone.
        assert!(drawn.starts_with("<svg ") && drawn.contains("M4 4h1v1h-1z") && !drawn.contains("M3 "));
        assert!(svg(&"x".repeat(5_000)).is_err());
    }
}
