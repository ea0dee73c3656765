//! Pages that are asked for by hand: buyers of a Space's tickets, and posts shared in it.

use crate::event::{BuyersObserved, Event, PostsObserved};
use crate::space::{Asked, Seen, Target};

use super::Desk;

impl Desk<'_> {
    /// Appends whom or what a page listed; the page after it is named in `seen`.
    pub(super) fn listed(&mut self, asked: &Asked, seen: &Seen) {
        let complete = seen.next_page.is_none();
        match &asked.target {
            Target::Buyers { space, .. } => {
                let users = seen.users.iter().map(|user| user.id).collect();
                let observed = BuyersObserved { space: *space, users, complete };
                self.events.push(Event::BuyersObserved(observed));
            }
            Target::Posts { space, .. } => {
                let posts = seen.posts.clone();
                let observed = PostsObserved { space: *space, posts, complete };
                self.events.push(Event::PostsObserved(observed));
            }
            _ => {}
        }
    }
}
