//! Shares and means, rounded once and alike everywhere: to the nearest, halves away from zero.
//!
//! Everything is counted in whole numbers and rounded at the end, so that two offices get the same figure.

/// Returns `100 × part ÷ whole` with one decimal; none of nothing.
///
/// ```
/// use keyturn_domain::rules::percent;
///
/// assert_eq!(percent(86, 95), Some(90.5));
/// assert_eq!(percent(1, 16), Some(6.3)); // 6.25: the half goes up
/// assert_eq!(percent(-1, 16), Some(-6.3));
/// assert_eq!(percent(0, 0), None);
/// ```
#[must_use]
pub fn percent(part: i64, whole: i64) -> Option<f64> {
    rounded(part, whole, 100, 10)
}

/// Returns `sum ÷ n` with two decimals; none of nothing.
#[must_use]
pub fn mean(sum: i64, n: i64) -> Option<f64> {
    rounded(sum, n, 1, 100)
}

/// `factor × part ÷ whole`, rounded to one `step`-th.
#[expect(clippy::cast_precision_loss, reason = "a rounded figure is far below 2^52")]
fn rounded(part: i64, whole: i64, factor: i64, step: i64) -> Option<f64> {
    let (part, whole) = (i128::from(part), i128::from(whole));
    if whole <= 0 {
        return None;
    }
    let doubled = part * i128::from(factor) * i128::from(step) * 2;
    let steps = (doubled.abs() + whole) / (whole * 2) * doubled.signum();
    i64::try_from(steps).ok().map(|steps| steps as f64 / step as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overflows_and_nothing_is_no_share() {
        assert_eq!(percent(i64::MAX, i64::MAX), Some(100.0));
        assert_eq!((mean(7, 0), mean(7, -1)), (None, None));
        assert_eq!(
            (mean(18, 5), mean(1, 8), mean(-1, 8)),
            (Some(3.6), Some(0.13), Some(-0.13))
        );
    }
}
