//! How things are counted for people: by thousands, and as one or several.

/// Returns a whole number grouped by thousands, such as `12,431`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns how many there are of something, such as `1 Space` or `1,204 Spaces`; `many` is the word
/// for several, and for none.
pub fn several(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    match count.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {one}"),
        count => format!("{} {many}", grouped(count)),
    }
}

/// Returns millionths of a dollar in dollars, with cents, and as much finer as it is, such as
/// `$5.00` or `$0.015`.
pub fn dollars(micro: u64) -> String {
    let parts = format!("{:06}", micro % 1_000_000);
    let finer = parts[2..].trim_end_matches('0');
    format!("${}.{}{finer}", grouped(micro / 1_000_000), &parts[..2])
}

/// Returns bytes in the largest binary unit that leaves at least one, such as `12.3 MiB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let Some(unit) = (count.max(1).ilog2() / 10).checked_sub(1) else {
        return format!("{count} B");
    };
    let one = 1_u128 << (10 * (unit + 1));
    let tenths = (u128::from(count) * 10 + one / 2) / one;
    let whole = grouped(u64::try_from(tenths / 10).unwrap_or(u64::MAX));
    format!("{whole}.{} {}", tenths % 10, UNITS[unit as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_from_several() {
        let told = [0_u64, 1, 2, 1_204].map(|count| several(count, "query", "queries"));
        assert_eq!(told, ["0 queries", "1 query", "2 queries", "1,204 queries"]);
        assert_eq!([0, 999, 1_000, 12_431].map(grouped), ["0", "999", "1,000", "12,431"]);
    }

    #[test]
    fn bytes_are_told_in_their_largest_unit() {
        let told = [0, 1_023, 1_024, 12_900_000, 1_073_000_000, u64::MAX].map(bytes);
        let expected = ["0 B", "1023 B", "1.0 KiB", "12.3 MiB", "1,023.3 MiB", "16.0 EiB"];
        assert_eq!(told, expected);
    }

    #[test]
    fn dollars_are_told_to_the_cent_and_finer_where_they_are() {
        let told = [0, 5_000_000, 15_000, 1_250_000_000, 1].map(dollars);
        assert_eq!(told, ["$0.00", "$5.00", "$0.015", "$1,250.00", "$0.000001"]);
    }
}
