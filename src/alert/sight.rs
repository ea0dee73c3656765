//! What rules are held against: one Space as a batch shows it, and what the log says of it beside.

use crate::config::{AlertRule, Creator};
use crate::space::{Moment, SpaceId, SpaceState, UserId};

/// Somebody on the stage of a Space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnStage {
    /// Who.
    pub user: UserId,
    /// The name, where it is known.
    pub username: Option<String>,
    /// Whether it is a host.
    pub is_host: bool,
}

/// One Space in one batch. Unknown is unknown: no rule holds for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The Space.
    pub space: SpaceId,
    /// When.
    pub at: Moment,
    /// Its state.
    pub state: Option<SpaceState>,
    /// Participants, as X counted them.
    pub participants: Option<u64>,
    /// For how long such a count may be held, in milliseconds.
    pub hold_ms: u64,
    /// Whether nobody knew it before rules were looked at.
    pub is_new: bool,
    /// Its title.
    pub title: Option<String>,
    /// Hosts and speakers.
    pub stage: Vec<OnStage>,
}

/// Whom of a Space that a rule is about the rule names, if it names anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit(pub Option<UserId>);

impl Sight {
    /// Returns how a rule is about this Space; `None` where it is not.
    pub fn fits(&self, rule: &AlertRule) -> Option<Fit> {
        if let Some(keyword) = &rule.keyword {
            let title = self.title.as_ref()?.to_lowercase();
            if !title.contains(keyword) {
                return None;
            }
        }
        let host = rule.host.as_ref().map(|host| self.find(host, true));
        let speaker = rule.speaker.as_ref().map(|speaker| self.find(speaker, false));
        match (host, speaker) {
            (Some(None), _) | (_, Some(None)) => None,
            (_, Some(found)) | (Some(found), None) => Some(Fit(found)),
            (None, None) => Some(Fit(None)),
        }
    }

    fn find(&self, who: &Creator, hosts_alone: bool) -> Option<UserId> {
        let is_them = |it: &&OnStage| match who {
            Creator::Id(id) => it.user == *id,
            Creator::Name(name) => {
                it.username.as_ref().is_some_and(|username| username.eq_ignore_ascii_case(name))
            }
        };
        let mut stage = self.stage.iter().filter(|it| it.is_host || !hosts_alone);
        stage.find(is_them).map(|it| it.user)
    }
}
