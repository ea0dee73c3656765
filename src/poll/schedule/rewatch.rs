//! What is put on the watch list while it is watched, and taken off.

use super::Schedule;
use crate::space::{Moment, SpaceId, UserId};

impl Schedule {
    /// Adds a query, asked as soon as its window allows.
    pub fn search_for(&mut self, text: String, now: Moment) {
        self.queries.add(text, now);
    }

    /// Asks a query no more, nor what it was split into. What it found is followed to its end.
    pub fn search_no_more(&mut self, text: &str) {
        self.queries.remove(text);
    }

    /// Asks for a creator no more. One whose Space is found all the same is watched again, as every
    /// host ever seen is.
    pub fn watch_no_more(&mut self, id: UserId) {
        self.creators.remove(id);
    }

    /// Resolves a name no more.
    pub fn resolve_no_more(&mut self, name: &str) {
        for names in [&mut self.names, &mut self.asked_names] {
            names.retain(|it| !it.eq_ignore_ascii_case(name));
        }
    }

    /// Looks a Space up no more, unless it is found by something that is watched.
    pub fn follow_no_more(&mut self, id: SpaceId) {
        self.followed.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Next, Plan};
    use super::*;
    use crate::poll::Windows;
    use crate::space::Target;

    const NOW: Moment = Moment(1_795_000_000_000);

    fn next(schedule: &mut Schedule) -> Option<Target> {
        match schedule.next(NOW, &Windows::new(&[0], 1)) {
            Next::Ask { target, .. } => Some(target),
            Next::Wait(_) | Next::Idle => None,
        }
    }

    #[test]
    fn what_is_taken_off_the_list_is_asked_no_more_and_what_is_put_on_it_is() {
        let plan = Plan { interval_ms: 3_000, max_results: 100, once: false };
        let mut schedule = Schedule::new(plan, vec!["wind".to_owned()], NOW);
        schedule.search_no_more("wind");
        assert_eq!(next(&mut schedule), None);
        schedule.search_for("rain".to_owned(), NOW);
        assert!(matches!(next(&mut schedule), Some(Target::Query { text, .. }) if text == "rain"));
        schedule.search_no_more("rain");
        schedule.watch([UserId(7)], NOW);
        assert_eq!(next(&mut schedule), Some(Target::Creators(vec![UserId(7)])));
        schedule.watch_no_more(UserId(7));
        schedule.resolve(vec!["Nasa".to_owned()], NOW);
        assert_eq!(next(&mut schedule), Some(Target::Usernames(vec!["Nasa".to_owned()])));
        schedule.resolve_no_more("nasa");
        assert_eq!(next(&mut schedule), None);
    }
}
