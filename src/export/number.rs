//! Figures as people read them: grouped, rounded, and with their unit.

use crate::space::Moment;

/// Returns a whole number grouped by thousands, such as `12,345`.
pub fn thousands(value: i64) -> String {
    grouped(&value.to_string())
}

/// Returns a number with so many decimals, grouped by thousands, such as `1,234.5`.
pub fn decimal(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    // What rounds to zero has no sign.
    let is_zero = !text.contains(|c: char| c.is_ascii_digit() && c != '0');
    grouped(if is_zero { text.trim_start_matches('-') } else { &text })
}

/// Returns a number without a unit, with at most three decimals.
pub fn plain(value: f64) -> String {
    let text = decimal(value, 3).replace(',', "");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns seconds as hours, minutes and seconds, such as `1h 12m 05s`, `12m 05s` or `5s`. Hours
/// are not folded into days, so that two lengths compare at a glance.
pub fn duration(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let whole = seconds.unsigned_abs();
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{rest}s"),
        (0, _) => format!("{sign}{minutes}m {rest:02}s"),
        _ => format!("{sign}{hours}h {minutes:02}m {rest:02}s"),
    }
}

/// Returns a share of one as per cent with one decimal, such as `98.7 %`.
pub fn share(value: f64) -> String {
    format!("{} %", decimal(value * 100.0, 1))
}

/// Returns US dollars with two decimals, or three where the third is not zero: `$0.50`, `$0.005`.
pub fn dollars(value: f64) -> String {
    let text = decimal(value, 3);
    let text = text.strip_suffix('0').unwrap_or(&text);
    text.strip_prefix('-').map_or_else(|| format!("${text}"), |amount| format!("-${amount}"))
}

/// Returns bytes in the largest binary unit that leaves at least one, such as `12.3 MiB`.
pub fn bytes(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", crate::space::bytes(value.unsigned_abs()))
}

/// Returns milliseconds since the epoch as a UTC time to the second, `2026-11-23 18:42:30Z`.
pub fn time(ms: i64) -> String {
    Moment(ms).for_people()
}

/// Returns the whole number nearest to `value`; what is beyond `i64` becomes its end.
#[expect(clippy::cast_possible_truncation, reason = "`as` ends at the bounds of `i64`")]
pub fn rounded(value: f64) -> i64 {
    value.round() as i64
}

/// Returns a whole number as a real one, for showing: beyond 2^53 the last digits are rounded.
#[expect(clippy::cast_precision_loss, reason = "nothing shown has sixteen digits")]
pub fn widened(value: i64) -> f64 {
    value as f64
}

/// Puts commas into the whole part of a number's text.
fn grouped(text: &str) -> String {
    let whole_end = text.find('.').unwrap_or(text.len());
    let digits_start = usize::from(text.starts_with('-'));
    let mut out = String::with_capacity(text.len() + text.len() / 3);
    for (index, c) in text.char_indices() {
        let left = whole_end.saturating_sub(index);
        if index > digits_start && index < whole_end && left.is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_from_the_right() {
        let shown = [0, 999, 1000, -999, -1000, 1_234_567].map(thousands);
        assert_eq!(shown, ["0", "999", "1,000", "-999", "-1,000", "1,234,567"]);
        assert_eq!(thousands(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn decimals_are_kept_apart_from_the_groups() {
        assert_eq!(decimal(1234.56, 1), "1,234.6");
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(decimal(999.99, 0), "1,000");
        assert_eq!([0.1234, 12.5, 3.0, 1000.0].map(plain), ["0.123", "12.5", "3", "1000"]);
    }

    #[test]
    fn a_duration_reads_as_hours_minutes_and_seconds() {
        let shown = [0, 59, 60, 725, 4325, 100_000, -61].map(duration);
        assert_eq!(
            shown,
            ["0s", "59s", "1m 00s", "12m 05s", "1h 12m 05s", "27h 46m 40s", "-1m 01s"]
        );
        assert!(duration(i64::MIN).starts_with('-'));
    }

    #[test]
    fn money_shows_half_cents_and_no_more() {
        let shown = [0.005, 0.5, 10.0, 1234.5, -0.01, 0.0].map(dollars);
        assert_eq!(shown, ["$0.005", "$0.50", "$10.00", "$1,234.50", "-$0.01", "$0.00"]);
    }

    #[test]
    fn shares_bytes_and_times_carry_their_unit() {
        assert_eq!([0.987, 1.0, 0.0].map(share), ["98.7 %", "100.0 %", "0.0 %"]);
        let shown = [0, 1023, 1024, 12_897_485, i64::MAX].map(bytes);
        assert_eq!(shown, ["0 B", "1023 B", "1.0 KiB", "12.3 MiB", "8.0 EiB"]);
        assert_eq!(time(1_795_459_350_999), "2026-11-23 18:42:30Z");
        assert!(!time(i64::MAX).is_empty());
    }
}
