//! `run --dry-run`: what would be asked, how often, and what it would cost; nothing is asked.

use super::args::Output;
use super::output::show;
use super::report::Failure;
use crate::config::{CapBound, Settings};
use crate::poll::estimate::{
    DAYS_A_MONTH, Load, PEOPLE_USUAL, SPACES_A_DAY, SPACES_AT_A_TIME, estimate,
};
use crate::poll::purse::{CREATOR_SPACES_MAX, PEOPLE_MAX};
use crate::poll::schedule::Plan;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{Endpoint, several};

/// What a day, or a month, costs in millionths of a dollar: likely at least, likely at most, at
/// worst.
type Cost = [Option<u64>; 3];

/// Shows the plan.
pub fn dry_run(settings: &Settings) -> Result<u8, Failure> {
    let plan = Plan {
        interval_ms: i64::try_from(settings.interval.as_millis()).unwrap_or(i64::MAX),
        max_results: settings.max_results,
        once: false,
    };
    let loads = estimate(&settings.watch, plan, &settings.prices);
    let all = [total(&loads, |_load| 1), total(&loads, |load| load.days)];
    let mut sheet = Sheet::new(vec![
        Column::new("endpoint", Unit::None),
        Column::new("target", Unit::None),
        Column::new("requests_per_window", Unit::Count),
        Column::new("requests_per_day", Unit::Count),
        Column::new("usd_day_low", Unit::Dollars),
        Column::new("usd_day_high", Unit::Dollars),
        Column::new("usd_day_worst", Unit::Dollars),
        Column::new("usd_month_low", Unit::Dollars),
        Column::new("usd_month_high", Unit::Dollars),
        Column::new("usd_month_worst", Unit::Dollars),
    ]);
    for load in &loads {
        let one = std::slice::from_ref(load);
        let costs = [total(one, |_load| 1), total(one, |load| load.days)];
        let requests = Some((load.a_window, load.a_day));
        sheet.push(row(Some(load.endpoint), &load.target, requests, costs));
    }
    sheet.push(row(None, "all", None, all));
    let under_the_cap = [capped(all[0], settings, 1), capped(all[1], settings, DAYS_A_MONTH)];
    sheet.push(row(None, "all, under the cap", None, under_the_cap));
    sheet.notes.extend(notes(settings, all[0]));
    show(&sheet, &Output::default())
}

/// Returns what all of it costs on so many days.
fn total(loads: &[Load], days: fn(&Load) -> u64) -> Cost {
    let sum = |of: fn(&Load) -> u64| {
        let costs = loads.iter().map(|load| of(load).saturating_mul(days(load)));
        Some(costs.fold(0, u64::saturating_add))
    };
    [sum(|it| it.likely.0), sum(|it| it.likely.1), sum(|it| it.worst)]
}

/// Returns what so many days cost under the cap.
fn capped([low, high, worst]: Cost, settings: &Settings, days: u64) -> Cost {
    let most = settings.spend_cap_micro_usd.saturating_mul(days);
    let cap = |cost: Option<u64>| cost.map(|cost| cost.min(most));
    match settings.cap_bound {
        CapBound::High => [cap(low), cap(high), cap(worst)],
        // Beyond it come the people of a Space, should X bill them: nobody can say how many.
        CapBound::Low if low > cap(low) => [cap(low), None, None],
        CapBound::Low => [low, high, None],
    }
}

fn row(
    endpoint: Option<Endpoint>,
    target: &str,
    requests: Option<(u64, u64)>,
    costs: [Cost; 2],
) -> Vec<Value> {
    let mut values = vec![
        endpoint.map(Endpoint::word).into(),
        target.into(),
        requests.map(|(a_window, _)| a_window).into(),
        requests.map(|(_, a_day)| a_day).into(),
    ];
    values.extend(costs.into_iter().flatten().map(|cost| cost.map(dollars).into()));
    values
}

/// Returns what the figures rest on, and what the cap will do.
fn notes(settings: &Settings, [low, high, _]: Cost) -> Vec<String> {
    let watch = &settings.watch;
    let (bound, likely) = match settings.cap_bound {
        CapBound::Low => ("low", low),
        CapBound::High => ("high", high),
    };
    let (cap, likely) = (dollars(settings.spend_cap_micro_usd), likely.map_or(f64::NAN, dollars));
    let cap_does = if likely <= cap {
        format!("the cap of ${cap:.2} ({bound} bound) is not likely to be met: ${likely:.2} a day")
    } else {
        format!(
            "the cap of ${cap:.2} ({bound} bound) is likely to be met after {:.1} h of a UTC day: \
             from then on searches and creators rest until midnight, and Spaces paid for are looked \
             up",
            24.0 * cap / likely
        )
    };
    vec![
        format!(
            "dry run: nothing is asked. {}, {}, {}; 300 requests in 15 minutes at each endpoint \
             are taken for granted",
            several(watch.queries.len(), "query", "queries"),
            several(watch.creators.len(), "creator", "creators"),
            several(watch.spaces.len(), "Space", "Spaces")
        ),
        format!(
            "likely: a query shows {SPACES_AT_A_TIME} Spaces at a time and {SPACES_A_DAY} a day, a \
             creator opens one a day, and {PEOPLE_USUAL} people come with each; low, as if X did \
             not bill people; high, as if it did"
        ),
        format!(
            "worst: every answer is full of what was never seen, {PEOPLE_MAX} people with a Space \
             and {CREATOR_SPACES_MAX} Spaces of a creator; what X brings beyond that is billed \
             beyond it"
        ),
        cap_does,
    ]
}

fn dollars(micro: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "dollars for people")]
    let dollars = micro as f64 / 1e6;
    dollars
}
