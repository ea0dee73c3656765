//! Alerts as events: raised, and delivered or given up.

use crate::event::{
    AlertDelivered, AlertRaised, Event, Letter, NewBatch, NewText, Owner, Salt, Text,
};
use crate::space::Moment;

/// Returns the batch of alerts that were raised, each with the name of its rule and a salt for it,
/// and the letters that refer to it.
pub fn raised(
    alerts: &[(Letter, String)],
    now: Moment,
    salts: Vec<Salt>,
) -> (NewBatch, Vec<Letter>) {
    let mut batch = NewBatch { observed_at: now, ..NewBatch::default() };
    let mut letters = Vec::new();
    for ((letter, rule), salt) in alerts.iter().zip(salts) {
        let text = NewText::new(Owner::Monitor, Text::Line(rule.clone()), salt);
        let (alert, rule) = (letter.alert, text.reference);
        let (space, user) = (letter.space, letter.user);
        batch.events.push(Event::AlertRaised(AlertRaised { alert, rule, space, user }));
        batch.texts.push(text);
        letters.push(Letter { name: rule, ..*letter });
    }
    (batch, letters)
}

/// Returns the batch of an alert that was handed over, or given up.
pub fn delivered(it: AlertDelivered, now: Moment) -> NewBatch {
    let events = vec![Event::AlertDelivered(it)];
    NewBatch { observed_at: now, events, ..NewBatch::default() }
}
