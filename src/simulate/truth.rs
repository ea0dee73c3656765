//! Everything that is true of one Space, of which answers show a part.

use crate::space::{Moment, SpaceId, SpaceState, UserId};

use super::course::Course;
use super::curve::Curve;
use super::dice::{Dice, real, real_span, span, whole};
use super::people::People;
use super::themes::{LANGUAGES, THEMES};
use super::titles;

/// Of 82 Spaces seen by others, 13 had two hosts and 12 had three.
const TWO_HOSTS: f64 = 13.0 / 82.0;
const THREE_HOSTS: f64 = 12.0 / 82.0;
const MOST_SPEAKERS: usize = 11;
const LARGEST_PEAK: f64 = 400_000.0;

/// One person's turn on the stage, in milliseconds after the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks.
    pub user: UserId,
    /// From when on.
    pub from: i64,
    /// Until when; `None` for those who stay.
    pub until: Option<i64>,
}

/// One Space as it truly is: a pure function of the world's seed and the time.
#[derive(Clone, Debug)]
pub struct Truth {
    /// X's id.
    pub id: SpaceId,
    /// When it is made, begins, ends and vanishes.
    pub course: Course,
    /// The title; `None` for a Space without.
    pub title: Option<String>,
    /// X's guess of the language.
    pub lang: &'static str,
    /// One to three hosts; the first is the creator.
    pub hosts: Vec<UserId>,
    /// Users invited to speak; not all of them do.
    pub invited: Vec<UserId>,
    /// Places in [`THEMES`] of the topics its creator chose.
    pub topics: Vec<usize>,
    /// Whether tickets are sold.
    pub is_ticketed: bool,
    /// Whether it is one of a burst of spam.
    pub is_spam: bool,
    /// Who speaks, and when.
    pub stage: Vec<Turn>,
    /// Reminders set by the time it starts.
    pub reminders: u64,
    /// The audience.
    pub audience: Curve,
    /// Keys of the words by which search finds it, in rising order.
    pub(super) keys: Vec<u64>,
    /// Its place among search results: the smaller the earlier.
    pub(super) rank: u64,
}

impl Truth {
    /// Returns the truth of a Space that somebody means.
    pub(super) fn earnest(dice: &mut Dice, id: SpaceId, course: Course, people: &People) -> Self {
        let creator = people.host(dice);
        let language = people.language(creator);
        let mut themes = vec![dice.below(THEMES.len())];
        if dice.chance(0.35) {
            themes.push(dice.below(THEMES.len()));
        }
        let title = titles::title(dice, language, &THEMES[themes[0]]);
        let size = peak(dice, people.fame(creator));
        let stage = stage(dice, people, creator, course.duration_ms(), size);
        let invited = invited(dice, people, &stage);
        let announced = course.scheduled_start.is_some();
        Self {
            id,
            keys: keys(title.as_deref(), &themes),
            title,
            lang: if dice.chance(0.06) { "und" } else { LANGUAGES[language] },
            hosts: hosts(dice, people, creator),
            invited,
            topics: if dice.chance(0.7) { themes } else { Vec::new() },
            is_ticketed: dice.chance(0.007),
            is_spam: false,
            stage,
            reminders: if announced && dice.chance(0.5) { whole(size * 0.4) } else { 0 },
            audience: Curve::new(dice, course.duration_ms(), size),
            rank: dice.bits(),
            course,
        }
    }

    /// Returns the truth of a Space of a burst of spam: a stranger, a shared title, nobody there.
    pub(super) fn spam(
        dice: &mut Dice,
        id: SpaceId,
        course: Course,
        stranger: u64,
        (title, theme): (&str, usize),
    ) -> Self {
        Self {
            id,
            keys: keys(Some(title), &[theme]),
            title: Some(title.to_owned()),
            lang: LANGUAGES[0],
            hosts: vec![People::id(stranger)],
            invited: Vec::new(),
            topics: Vec::new(),
            is_ticketed: false,
            is_spam: true,
            stage: Vec::new(),
            reminders: 0,
            audience: Curve::new(dice, course.duration_ms(), 0.0),
            rank: dice.bits(),
            course,
        }
    }

    /// Returns who made the Space.
    pub fn creator(&self) -> Option<UserId> {
        self.hosts.first().copied()
    }

    /// Returns the state a look-up by id shows at a moment; `None` when X knows no such Space.
    pub fn state(&self, at: Moment) -> Option<SpaceState> {
        self.course.state(at)
    }

    /// Returns X's count of people: those present while live, a growing sum after the end, 0
    /// before the start.
    pub fn participants(&self, at: Moment) -> u64 {
        match (self.course.started_at, self.course.ended_at) {
            (_, Some(ended)) if at >= ended => self.audience.after(at.since(ended)),
            (Some(started), _) if at >= started => self.audience.live(at.since(started)),
            _ => 0,
        }
    }

    /// Returns who may speak at a moment; after the end, everybody who ever did.
    pub fn speakers(&self, at: Moment) -> Vec<UserId> {
        let Some(started) = self.course.started_at else { return Vec::new() };
        let (now, over) = (at.since(started), at >= self.course.over_at());
        let on_stage =
            |turn: &&Turn| turn.from <= now && (over || turn.until.is_none_or(|until| now < until));
        self.stage.iter().filter(on_stage).map(|turn| turn.user).collect()
    }

    /// Returns the reminders set by a moment.
    pub fn subscribers(&self, at: Moment) -> u64 {
        let course = &self.course;
        let Some(start) = course.scheduled_start else { return 0 };
        let lead = real_span(start.since(course.created_at).max(1));
        let passed = (real_span(at.since(course.created_at)) / lead).clamp(0.0, 1.0);
        whole(real(self.reminders) * passed * passed)
    }

    /// Returns X's heartbeat: it moves every few seconds while the Space is open.
    pub fn updated_at(&self, at: Moment) -> Moment {
        let (last, beat) = (at.0.min(self.course.over_at().0), 7_000);
        Moment((last - last.rem_euclid(beat)).max(self.course.created_at.0))
    }

    /// Returns whether search finds the Space by any of these keys.
    pub(super) fn matches(&self, keys: &[u64]) -> bool {
        keys.iter().any(|key| self.keys.binary_search(key).is_ok())
    }
}

/// The height of an audience: median 8, a heavy tail, larger for well-known people.
fn peak(dice: &mut Dice, fame: f64) -> f64 {
    let usual = 8.0 * (1.65 * (0.6 * fame + 0.8 * dice.normal())).exp();
    let event = if dice.chance(0.01) { dice.log_between(30.0, 6_000.0) } else { 1.0 };
    (usual * event).clamp(1.0, LARGEST_PEAK)
}

fn hosts(dice: &mut Dice, people: &People, creator: u64) -> Vec<UserId> {
    let throw = dice.unit();
    let others = usize::from(throw < TWO_HOSTS + THREE_HOSTS) + usize::from(throw < THREE_HOSTS);
    let mut hosts = vec![People::id(creator)];
    for _ in 0..others {
        let host = People::id(people.host(dice));
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

/// Speakers come over time, more of them where more listen; a third of them leave again.
fn stage(dice: &mut Dice, people: &People, creator: u64, length: i64, size: f64) -> Vec<Turn> {
    let limit = dice.below(MOST_SPEAKERS + 1);
    let wanted = usize::try_from(whole(dice.between(0.0, 1.2) * size.sqrt())).unwrap_or(limit);
    let mut stage: Vec<Turn> = Vec::new();
    for turn in 0..wanted.min(limit) {
        // Hosts are seldom among their speakers.
        let number = if turn == 0 && dice.chance(0.2) { creator } else { people.host(dice) };
        let user = People::id(number);
        let from = span(real_span(length) * dice.unit().powi(2) * 0.95);
        let stays = span(dice.between(0.1, 1.0) * real_span(length - from));
        let until = dice.chance(0.35).then_some(from + stays);
        if stage.iter().all(|turn| turn.user != user) {
            stage.push(Turn { user, from, until });
        }
    }
    stage
}

/// Some of those invited speak, some never do, and many speak uninvited.
fn invited(dice: &mut Dice, people: &People, stage: &[Turn]) -> Vec<UserId> {
    if !dice.chance(0.25) {
        return Vec::new();
    }
    let mut invited: Vec<UserId> = stage.iter().step_by(2).map(|turn| turn.user).collect();
    invited.push(People::id(people.host(dice)));
    invited.sort_unstable();
    invited.dedup();
    invited
}

fn keys(title: Option<&str>, themes: &[usize]) -> Vec<u64> {
    let mut text = title.unwrap_or_default().to_owned();
    for theme in themes {
        text.push(' ');
        text.push_str(THEMES[*theme].words);
    }
    titles::keys(&text)
}
