//! Recording what a command asked X by hand: as polls of the log's own monitor.

use crate::decide::Source;
use crate::poll::decode;
use crate::serve::{Page, Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit};
use crate::space::{
    Answer, Asked, Endpoint, Failure, FailureClass, Moment, Outcome, RateLimit, SearchState,
    SpaceId, Target,
};

use super::Owner;

impl Owner {
    /// Appends answers in their order, each once, and tells how many were new to the log and what
    /// they cost at least and at most.
    pub(super) fn record(&self, pages: &[Page]) -> Result<Sheet, Refusal> {
        let (mut polls, mut micro_usd) = (0_u64, (0_u64, 0_u64));
        for page in pages {
            let answer = answer(page).ok_or_else(|| Refusal {
                kind: RefusalKind::Usage,
                message: format!("`{}` is nothing that is asked by hand", page.endpoint),
                causes: Vec::new(),
            })?;
            let taken = (self.append)(answer, Source::Live);
            let taken = taken.map_err(|error| Refusal::of(RefusalKind::Storage, &error))?;
            polls += u64::from(!taken.duplicate);
            micro_usd.0 = micro_usd.0.saturating_add(taken.micro_usd.0);
            micro_usd.1 = micro_usd.1.saturating_add(taken.micro_usd.1);
        }
        let mut sheet = Sheet::new(vec![
            Column::new("polls", Unit::Count),
            Column::new("cost_usd_least", Unit::Dollars),
            Column::new("cost_usd_most", Unit::Dollars),
        ]);
        #[expect(clippy::cast_precision_loss, reason = "exact below nine billion dollars")]
        let dollars = |micro: u64| micro as f64 / 1e6;
        sheet.push(vec![polls.into(), dollars(micro_usd.0).into(), dollars(micro_usd.1).into()]);
        Ok(sheet)
    }
}

fn target(endpoint: Endpoint, it: &Page) -> Option<Target> {
    let space: Option<SpaceId> = it.space.as_ref().and_then(|id| id.parse().ok());
    let page = it.page.clone();
    match (endpoint, space, &it.query) {
        (Endpoint::Buyers, Some(space), _) => Some(Target::Buyers { space, page }),
        (Endpoint::Tweets, Some(space), _) => Some(Target::Posts { space, page }),
        (Endpoint::Search, _, Some((text, state, max_results))) => {
            let state = SearchState::from_word(state)?;
            Some(Target::Query { text: text.clone(), state, max_results: *max_results })
        }
        (Endpoint::UsersBy, ..) if !it.usernames.is_empty() => {
            Some(Target::Usernames(it.usernames.clone()))
        }
        _ => None,
    }
}

fn answer(it: &Page) -> Option<Answer> {
    let endpoint = Endpoint::from_word(&it.endpoint)?;
    let target = target(endpoint, it)?;
    let rate = it.rate.map(|(limit, remaining, reset)| RateLimit {
        limit,
        remaining,
        reset: Moment(reset),
    });
    let outcome = match (&it.failure, &it.body, it.status) {
        (Some((class, message, problem)), _, status) => Outcome::Failed(Failure {
            class: FailureClass::from_word(class)?,
            status,
            message: message.clone(),
            rate,
            field: None,
            retry_after_ms: it.retry_after_ms,
            problem: problem.clone(),
        }),
        (None, Some(body), Some(status)) => {
            decode(endpoint, &target, status, body.as_bytes(), rate)
        }
        (None, _, _) => return None,
    };
    let asked = Asked {
        endpoint,
        target,
        sent_at: it.sent_at.map(Moment),
        observed_at: Moment(it.observed_at),
        credential: it.credential.clone(),
        // Nobody means to look again.
        holding_ms: None,
        repeats: it.repeats,
    };
    Some(Answer { asked, outcome })
}
