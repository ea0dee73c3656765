//! Where the ticks of the two axes are, and what they say.

use super::{Align, Zone};

/// Ticks of an axis of time, at most.
const TIMES_MAX: i64 = 8;

/// Ticks of an axis of counts, about.
const COUNTS: u64 = 6;

/// Milliseconds between two ticks of time that people count in.
const STEPS: [i64; 20] = [
    1_000,
    5_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    DAY_MS,
    2 * DAY_MS,
    7 * DAY_MS,
    28 * DAY_MS,
    364 * DAY_MS,
];

const DAY_MS: i64 = 86_400_000;

/// A tick of an axis of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    /// Where it is, in milliseconds.
    pub at: i64,
    /// What it says.
    pub label: String,
    /// The day, where it is not that of the tick before.
    pub day: Option<String>,
}

/// Returns the distance of ticks so that there are few enough.
fn step(from: i64, to: i64) -> i64 {
    let span = to.saturating_sub(from);
    let fits = |step: &&i64| span / **step <= TIMES_MAX;
    STEPS.iter().find(fits).copied().unwrap_or_else(|| (span / TIMES_MAX).max(1))
}

/// Returns the ticks of a stretch of time, at whole times of the zone's clocks.
pub(super) fn clock_ticks(from: i64, to: i64, zone: Zone) -> Vec<Tick> {
    let step = step(from, to);
    let ahead = zone.ahead_ms(from);
    let first = from.saturating_add(ahead).div_euclid(step);
    let mut ticks: Vec<Tick> = Vec::new();
    let mut day_before = None;
    for number in first..=first.saturating_add(TIMES_MAX + 2) {
        let local = number.saturating_mul(step);
        // The clocks may have been put forward or back since.
        let at = local.saturating_sub(zone.ahead_ms(local.saturating_sub(ahead)));
        if !(from..=to).contains(&at) || ticks.last().is_some_and(|last| last.at >= at) {
            continue;
        }
        let there = zone.at(at);
        let day = there.format("%-d %b %Y").to_string();
        let label = match step {
            DAY_MS.. => there.format("%-d %b").to_string(),
            60_000.. => there.format("%H:%M").to_string(),
            _ => there.format("%H:%M:%S").to_string(),
        };
        let is_new = step < DAY_MS && day_before.as_ref() != Some(&day);
        ticks.push(Tick { at, label, day: is_new.then(|| day.clone()) });
        day_before = Some(day);
    }
    ticks
}

/// Returns the ticks of time since the start, such as `1:30` for an hour and a half.
pub(super) fn start_ticks(from: i64, to: i64) -> Vec<Tick> {
    let step = step(from, to);
    let first = from.div_euclid(step);
    let ticks = (first..=first.saturating_add(TIMES_MAX + 2)).map(|number| {
        let at = number.saturating_mul(step);
        Tick { at, label: since_start(at, step), day: None }
    });
    ticks.filter(|tick| (from..=to).contains(&tick.at)).collect()
}

/// Returns a time since the start in hours and minutes, and in seconds where ticks are close.
pub(super) fn since_start(ms: i64, step: i64) -> String {
    let sign = if ms < 0 { "−" } else { "" };
    let seconds = ms.unsigned_abs() / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if step < 60_000 {
        format!("{sign}{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{sign}{hours}:{minutes:02}")
    }
}

/// Returns what stands at the two ends of a stretch of time on a terminal: the zone's times, or how
/// long it was since the start.
pub fn ends(from: i64, to: i64, zone: Zone, align: Align) -> [String; 2] {
    if align == Align::Start {
        return [from, to].map(|at| since_start(at, 1_000));
    }
    let day = if to.saturating_sub(from) < DAY_MS { "" } else { "%Y-%m-%d " };
    let offset = if zone == Zone::Utc { "Z" } else { "%:z" };
    [from, to].map(|at| zone.at(at).format(&format!("{day}%H:%M {offset}")).to_string())
}

/// Returns the ticks of an axis of counts: from zero to the first one that leaves room above the
/// largest count.
pub(super) fn count_ticks(largest: u64) -> Vec<u64> {
    let room = largest.saturating_add(largest / 12).max(1);
    let mut step = 1_u64;
    // 1, 2, 5, 10, 20, 50 …
    for factor in [2, 5, 10].into_iter().cycle().take(60) {
        if room / step <= COUNTS {
            break;
        }
        step = match factor {
            5 => step / 2 * 5,
            _ => step.saturating_mul(2),
        };
    }
    (0..=room.div_ceil(step)).map(|number| number.saturating_mul(step)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T18:42:30Z.
    const THEN: i64 = 1_795_459_350_000;
    const HOUR: i64 = 3_600_000;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_of_time_stand_at_whole_times_of_the_zone() {
        let kolkata: Zone = "Asia/Kolkata".parse().unwrap();
        let ticks = clock_ticks(THEN, THEN + 2 * HOUR, kolkata);
        assert_eq!(
            labels(&ticks),
            ["00:15", "00:30", "00:45", "01:00", "01:15", "01:30", "01:45", "02:00"]
        );
        assert_eq!(ticks[0].day.as_deref(), Some("24 Nov 2026"));
        let ticks = clock_ticks(THEN, THEN + 8 * HOUR, Zone::Utc);
        let days: Vec<_> = ticks.iter().filter_map(|tick| tick.day.as_deref()).collect();
        assert_eq!(days, ["23 Nov 2026", "24 Nov 2026"]);
    }

    #[test]
    fn ticks_stay_whole_where_clocks_are_put_back() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        // 2026-10-25T00:00:00Z: an hour later clocks there go from three back to two.
        let night = 1_792_886_400_000;
        let ticks = clock_ticks(night - HOUR, night + 11 * HOUR, berlin);
        assert!(ticks.iter().all(|tick| tick.label.ends_with(":00")), "{ticks:?}");
        assert!(ticks.is_sorted_by_key(|tick| tick.at));
    }

    #[test]
    fn time_since_the_start_is_told_in_hours_and_minutes() {
        let ticks = start_ticks(-60_000, 2 * HOUR);
        assert_eq!(ticks.iter().find(|tick| tick.at == HOUR).unwrap().label, "1:00");
        assert_eq!(since_start(-90_000, 1_000), "−0:01:30");
    }

    #[test]
    fn counts_are_whole_and_leave_room_above_the_largest() {
        assert_eq!(count_ticks(1_240), [0, 200, 400, 600, 800, 1_000, 1_200, 1_400]);
        assert_eq!(count_ticks(0), [0, 1]);
        assert_eq!(count_ticks(3), [0, 1, 2, 3]);
        assert_eq!(count_ticks(12_431).last(), Some(&14_000));
        for largest in [7, 99, 100, 12_431, 987_654, u64::MAX] {
            let ticks = count_ticks(largest);
            assert!((2..=9).contains(&ticks.len()) && ticks.last() >= Some(&largest), "{ticks:?}");
        }
    }

    #[test]
    fn no_stretch_of_time_has_too_many_ticks() {
        for (from, to) in [(0, 0), (i64::MIN, i64::MAX), (0, 1), (THEN, THEN + 3_000 * DAY_MS)] {
            assert!(clock_ticks(from, to, Zone::Utc).len() <= 11);
            assert!(start_ticks(from, to).len() <= 11);
        }
    }
}
