//! What today and this month cost, in all, by endpoint and by query, and what they will.

use std::collections::{BTreeMap, BTreeSet};

use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{Endpoint, Moment};
use crate::view::SpendRow;

use super::forecast::{Basis, Calendar, Hours};
use super::{Desk, QuestionError};

/// Whom a row is about: all, an endpoint, or a query; in the order of the rows.
type Whom = (Option<Endpoint>, Option<String>);

/// What something cost by hour, and what was asked for it in each period.
#[derive(Default)]
struct Account {
    hours: Hours,
    /// Today, and this month.
    periods: [SpendRow; 2],
}

impl Desk<'_> {
    /// Answers `spend`: rows of today, then of this month, each in all, by endpoint and by query.
    pub(super) fn spend(&self) -> Result<Sheet, QuestionError> {
        let calendar = Calendar::of(self.now);
        let mut accounts: BTreeMap<Whom, Account> = BTreeMap::new();
        accounts.entry((None, None)).or_default();
        let mut polled: BTreeSet<i64> = BTreeSet::new();
        let mut firsts: BTreeMap<i64, i64> = BTreeMap::new();
        self.views.polls.ask(|polls, disk| {
            polls.each_hour(disk, calendar.from(), |hour, row| {
                polled.insert(hour);
                let first = firsts.entry(hour).or_insert(row.first_at);
                *first = row.first_at.min(*first);
                let endpoint = Endpoint::from_word(&row.endpoint);
                let by_query = row.target.is_some().then(|| (endpoint, row.target.clone()));
                for whom in [(None, None), (endpoint, None)].into_iter().chain(by_query) {
                    accounts.entry(whom).or_default().add(hour, row, &calendar);
                }
                Ok(true)
            })
        })?;
        let first_at = |hour: i64| firsts.range(hour..).next().map(|(_, at)| *at);
        let basis = Basis::of(&polled, first_at, &calendar);
        Ok(sheet(&accounts, basis.as_ref(), &calendar))
    }
}

impl Account {
    fn add(&mut self, hour: i64, row: &SpendRow, calendar: &Calendar) {
        let spent = self.hours.entry(hour).or_default();
        spent.0 = spent.0.saturating_add(row.micro_usd.0);
        spent.1 = spent.1.saturating_add(row.micro_usd.1);
        let spans = [(calendar.day, calendar.day + 24), calendar.month];
        for (period, (from, to)) in self.periods.iter_mut().zip(spans) {
            if (from..to).contains(&hour) {
                period.polls += row.polls;
                period.unread += row.unread;
                period.spaces += row.spaces;
                period.users += row.users;
                period.posts += row.posts;
                period.micro_usd.0 = period.micro_usd.0.saturating_add(row.micro_usd.0);
                period.micro_usd.1 = period.micro_usd.1.saturating_add(row.micro_usd.1);
            }
        }
    }
}

fn sheet(accounts: &BTreeMap<Whom, Account>, basis: Option<&Basis>, at: &Calendar) -> Sheet {
    let mut sheet = Sheet::new(vec![
        Column::new("period", Unit::None),
        Column::new("endpoint", Unit::None),
        Column::new("target", Unit::None),
        Column::new("polls", Unit::Count),
        Column::new("spaces", Unit::Count),
        Column::new("users", Unit::Count),
        Column::new("posts", Unit::Count),
        Column::new("usd_low", Unit::Dollars),
        Column::new("usd_high", Unit::Dollars),
        Column::new("forecast_usd_low", Unit::Dollars),
        Column::new("forecast_usd_high", Unit::Dollars),
        Column::hidden("unread_answers", Unit::Count),
    ]);
    let today = Moment(at.now).to_utc();
    let periods = [today.format("%Y-%m-%d").to_string(), today.format("%Y-%m").to_string()];
    for (place, period) in periods.iter().enumerate() {
        for ((endpoint, target), account) in accounts {
            let row = &account.periods[place];
            // Of all there is always a row: nothing asked is known to cost nothing.
            if row.polls == 0 && endpoint.is_some() {
                continue;
            }
            let forecast = basis.map(|basis| basis.forecast(&account.hours, at)[place]);
            sheet.push(vec![
                period.clone().into(),
                endpoint.map(Endpoint::word).into(),
                target.clone().into(),
                row.polls.into(),
                row.spaces.into(),
                row.users.into(),
                row.posts.into(),
                dollars(row.micro_usd.0),
                dollars(row.micro_usd.1),
                forecast.map(|(low, _)| low / 1e6).into(),
                forecast.map(|(_, high)| high / 1e6).into(),
                row.unread.into(),
            ]);
        }
    }
    sheet.notes.push(
        "X does not say whether it bills the people of a Space: low, as if it did not; high, as \
         if it did"
            .to_owned(),
    );
    let rests = basis.map(|basis| format!("forecast: {}; no cap", basis.words(at.now)));
    sheet.notes.push(
        rests.unwrap_or_else(|| {
            "forecast: unknown, for there is too little to rest it on".to_owned()
        }),
    );
    let unread = accounts.get(&(None, None)).map_or(0, |all| all.periods[1].unread);
    if unread > 0 {
        sheet.notes.push(format!(
            "{unread} answers of this month could not be read; X may have billed them too"
        ));
    }
    sheet
}

fn dollars(micro: u64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "exact below nine billion dollars")]
    let dollars = micro as f64 / 1e6;
    dollars.into()
}
