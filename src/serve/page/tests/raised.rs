//! The pages of alerts and of topics.

use super::pinned::pin_below;
use super::*;

/// Alerts: one on its way, one of collecting itself that arrived, one that was given up.
fn raised() -> Sheet {
    let columns = [
        ("alert_id", Unit::None),
        ("rule", Unit::None),
        ("occasion", Unit::None),
        ("delivery", Unit::None),
        ("at", Unit::None),
        ("space_id", Unit::None),
        ("title", Unit::None),
        ("username", Unit::None),
        ("participants", Unit::Count),
        ("attempts", Unit::Count),
    ];
    let row = |id: &str, of: [&str; 3], minute, space: Option<&str>, count: Option<u64>| {
        let title = space.map(|_| "Voices of the coast");
        let user = count.map(|_| "coastwatch");
        let [rule, occasion, delivery] = of.map(Value::from);
        let (space, attempts) = (space.into(), 2_u64.into());
        let at = at(minute);
        let (title, user) = (title.into(), user.into());
        vec![id.into(), rule, occasion, delivery, at, space, title, user, count.into(), attempts]
    };
    sheet(
        &columns,
        vec![
            row("0c", ["crowd", "participants", "waiting"], 9, Some("1first"), Some(1_204)),
            row("0b", ["blind", "needs_person", "delivered"], 5, None, None),
            row("0a", ["on air", "live", "dead"], 2, Some("1first"), None),
        ],
    )
}

#[test]
fn alerts_are_as_their_snapshot_has_them() {
    pin_below("page_alerts", &alerts(&raised(), "/api/alerts/raised".to_owned()));
}

#[test]
fn topics_are_as_their_snapshot_has_them() {
    let columns = [("topic_id", Unit::None), ("topic", Unit::None), ("spaces", Unit::Count)];
    let row = |id: &str, topic: &str, spaces: u64| vec![id.into(), topic.into(), spaces.into()];
    let sheet = sheet(&columns, vec![row("10", "Wind", 1_204), row("99", "topic:99", 1)]);
    pin_below("page_topics", &topics(&sheet, "7d", "/api/topics?last=7d".to_owned()));
}

/// Alerts and topics of which every text means harm.
pub fn harmed() -> Sheet {
    let mut sheet = raised();
    sheet.columns.push(Column::new("topic", Unit::None));
    for row in &mut sheet.rows {
        row.push(harm().into());
        row.iter_mut().skip(1).filter(|it| matches!(it, Value::Text(_))).for_each(|it| {
            *it = harm().into();
        });
    }
    sheet
}
