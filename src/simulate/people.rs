//! The people of the simulated world: each is a function of a number, so nobody is stored.

use crate::space::{Counts, Moment, Person, UserId};

use super::dice::{Dice, mix, normal_of, place, real, real_span, share, span, whole};
use super::themes::{LANGUAGE_SHARES, THEMES};

/// Numbers of people stay below this, so that every id has at most 19 digits.
const ROOM: u64 = 1 << 59;
const FIRST_NEW_ID: u64 = 700_000_000_000_000_000;
const FIRST_OLD_ID: u64 = 10_000_000;
const OLD_STEP: u64 = 7_919;
/// One person in so many has an id of the old, short kind.
const OLD_EVERY: u64 = 7;
/// An odd number and its inverse modulo 2⁵⁹: consecutive people get ids far apart.
const SPREAD: u64 = 0x05a2_7d4e_b2f1_65c5;
const GATHER: u64 = inverse(SPREAD);
/// One person in so many is missing from every answer: suspended, or gone.
const MISSING_EVERY: u64 = 61;
/// Of the highest counts, none is beyond this.
const MOST_FOLLOWERS: f64 = 200_000_000.0;
/// From here on people are called `user` and a number, or their names would grow too long.
const FIRST_NAMELESS: u64 = 10_000_000;
const DAY_MS: f64 = 86_400_000.0;

const HANDLES: [&str; 24] = [
    "mira", "noor", "kenji", "deniz", "lucas", "sofia", "arjun", "ploy", "wei", "jiho", "amara",
    "tomas", "yuki", "layla", "omar", "elif", "bruno", "carmen", "priya", "somchai", "lin",
    "minseo", "hugo", "nadia",
];

/// Given and family names, in the order of the languages.
#[rustfmt::skip]
const NAMES: [(&[&str], &[&str]); 10] = [
    (
        &["Mira", "Noah", "Amara", "Hugo", "Grace", "Felix", "Ruth", "Sam"],
        &["Lane", "Okafor", "Hayes", "Reed", "Novak", "Clarke", "Moss", "Bell"],
    ),
    (
        &["نور", "ليلى", "عمر", "سارة", "خالد", "ريم", "يوسف", "هند"],
        &["الحربي", "حداد", "منصور", "العتيبي", "سليم", "الشامي"],
    ),
    (
        &["健司", "由紀", "翔太", "美咲", "大輔", "さくら"],
        &["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺"],
    ),
    (
        &["Deniz", "Elif", "Mert", "Ayşe", "Kerem", "Zeynep"],
        &["Yılmaz", "Kaya", "Demir", "Şahin", "Çelik"],
    ),
    (
        &["Lucas", "Bruno", "Ana", "João", "Beatriz", "Rafael"],
        &["Silva", "Souza", "Costa", "Araújo", "Gonçalves"],
    ),
    (
        &["Sofía", "Carmen", "Tomás", "Diego", "Lucía", "Íñigo"],
        &["García", "Muñoz", "López", "Núñez", "Vega"],
    ),
    (&["अर्जुन", "प्रिया", "रोहन", "अनन्या", "विकास"], &["शर्मा", "वर्मा", "सिंह", "गुप्ता", "मेहता"]),
    (&["พลอย", "สมชาย", "ณัฐ", "มานี", "อรุณ"], &["ใจดี", "สุขสันต์", "ทองดี", "วงศ์ไทย"]),
    (&["伟", "丽", "强", "静", "磊"], &["王", "李", "张", "刘", "陈"]),
    (&["지호", "민서", "서연", "하준", "유나"], &["김", "이", "박", "최", "정"]),
];

const PLACES: [&str; 10] = [
    "Lagos",
    "الرياض",
    "東京",
    "İstanbul",
    "São Paulo",
    "Ciudad de México",
    "दिल्ली",
    "กรุงเทพฯ",
    "上海",
    "서울",
];

/// Everybody: `hosts` people who hold Spaces again and again, and as many strangers as needed.
#[derive(Clone, Debug)]
pub struct People {
    seed: u64,
    epoch: Moment,
    hosts: u64,
}

impl People {
    /// Returns the people of a world with this many regular hosts.
    pub const fn new(seed: u64, epoch: Moment, hosts: u64) -> Self {
        Self { seed, epoch, hosts }
    }

    /// Returns the number of the people who hold Spaces again and again; strangers come after.
    pub const fn hosts(&self) -> u64 {
        self.hosts
    }

    /// Returns somebody who holds Spaces; some do so far more often than others.
    pub fn host(&self, dice: &mut Dice) -> u64 {
        let picked = whole((real(self.hosts) * dice.unit().powf(2.0)).floor());
        picked.min(self.hosts.saturating_sub(1))
    }

    /// Returns the id of person `number`.
    pub const fn id(number: u64) -> UserId {
        if number.is_multiple_of(OLD_EVERY) && number < 1 << 32 {
            return UserId(FIRST_OLD_ID + number * OLD_STEP);
        }
        UserId(FIRST_NEW_ID + (number.wrapping_mul(SPREAD) & (ROOM - 1)))
    }

    /// Returns the number behind an id; `None` for an id that nobody here has.
    pub fn number(id: UserId) -> Option<u64> {
        let number = match id.0.checked_sub(FIRST_NEW_ID) {
            Some(spread) => spread.wrapping_mul(GATHER) & (ROOM - 1),
            None => id.0.checked_sub(FIRST_OLD_ID)? / OLD_STEP,
        };
        (Self::id(number) == id).then_some(number)
    }

    /// Returns the language of person `number`, as a place in the tables.
    pub fn language(&self, number: u64) -> usize {
        let mut left = self.hash(number, 1) % LANGUAGE_SHARES.iter().sum::<u64>();
        for (language, share) in LANGUAGE_SHARES.iter().enumerate() {
            if left < *share {
                return language;
            }
            left -= share;
        }
        0
    }

    /// Returns how well known person `number` is, in deviations from the usual.
    pub fn fame(&self, number: u64) -> f64 {
        normal_of(self.hash(number, 2))
    }

    /// Returns the username of person `number`.
    pub fn username(&self, number: u64) -> String {
        if number >= FIRST_NAMELESS {
            return format!("user{number}");
        }
        let handle = HANDLES[place(self.hash(number, 3), HANDLES.len())];
        format!("{handle}{}{number}", if self.hash(number, 4).is_multiple_of(2) { "_" } else { "" })
    }

    /// Returns who has this username, whatever its case; `None` when nobody has.
    pub fn by_username(&self, name: &str, at: Moment) -> Option<Person> {
        let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        let number: u64 = digits.parse().ok()?;
        let named = number < ROOM && self.username(number).eq_ignore_ascii_case(name);
        if named { self.person(Self::id(number), at) } else { None }
    }

    /// Returns a person as X shows them at a moment; `None` for ids that X does not resolve.
    pub fn person(&self, id: UserId, at: Moment) -> Option<Person> {
        let number = Self::number(id)?;
        if self.hash(number, 5).is_multiple_of(MISSING_EVERY) {
            return None;
        }
        let (language, look) = (self.language(number), self.hash(number, 6));
        let paid = look % 100 < 22;
        let kind = match look % 1_000 {
            0..5 => "government",
            5..15 => "business",
            _ if paid => "blue",
            _ => "none",
        };
        let link = (look >> 32).is_multiple_of(3);
        Some(Person {
            id,
            username: Some(self.username(number)),
            name: Some(self.name(number, language)),
            description: Some(self.description(number, language)),
            location: (look >> 16).is_multiple_of(2).then(|| PLACES[language].to_owned()),
            url: link.then(|| format!("https://t.co/{:010x}", look & 0xff_ffff_ffff)),
            verified: Some(paid),
            verified_type: Some(kind.to_owned()),
            protected: Some((look >> 40).is_multiple_of(40)),
            created_at: Some(self.joined(number)),
            counts: self.counts(number, at),
            extra: None,
        })
    }

    fn name(&self, number: u64, language: usize) -> String {
        let (given, family) = NAMES[language];
        let given = given[place(self.hash(number, 7), given.len())];
        let family = family[place(self.hash(number, 8), family.len())];
        match language {
            2 => format!("{family} {given}"),
            8 | 9 => format!("{family}{given}"),
            _ => format!("{given} {family}"),
        }
    }

    fn description(&self, number: u64, language: usize) -> String {
        let theme =
            |aspect| THEMES[place(self.hash(number, aspect), THEMES.len())].labels[language];
        format!("{} • {} 🎙️", theme(9), theme(10))
    }

    fn joined(&self, number: u64) -> Moment {
        let days = 60.0 + 5_000.0 * share(self.hash(number, 11));
        self.epoch.plus(-span(days * DAY_MS))
    }

    /// Counts with a heavy tail that drift with the days, most of them upwards.
    fn counts(&self, number: u64, at: Moment) -> Counts {
        let days = real_span(at.since(self.epoch)) / DAY_MS;
        let usual = (900.0 * (2.0 * self.fame(number)).exp()).min(MOST_FOLLOWERS);
        let daily = -0.0005 + 0.004 * share(self.hash(number, 12));
        let active = share(self.hash(number, 13));
        let followers = usual * (1.0 + daily * days).max(0.1);
        Counts {
            followers: Some(whole(followers)),
            following: Some(whole(20.0 * 200_f64.powf(active))),
            posts: Some(whole(40.0 * 2_000_f64.powf(active) + (12.0 * active * days).max(0.0))),
            listed: Some(whole(followers * 0.004)),
        }
    }

    fn hash(&self, number: u64, aspect: u64) -> u64 {
        mix(self.seed ^ (aspect << 56), number)
    }
}

/// Returns the inverse of an odd number modulo 2⁶⁴, by Newton's method.
const fn inverse(odd: u64) -> u64 {
    let (mut inverse, mut step) = (odd, 0);
    while step < 6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEOPLE: People = People::new(4, Moment(1_790_000_000_000), 1_000);

    #[test]
    fn every_id_and_username_leads_back_to_its_person() {
        let mut missing = 0;
        for number in (0..3_000).chain([1 << 33, (1 << 34) + 7]) {
            let id = People::id(number);
            assert_eq!(People::number(id), Some(number));
            assert!(id.to_string().len() <= 19);
            let name = PEOPLE.username(number);
            assert_eq!(crate::space::username(&name).unwrap(), name);
            let Some(person) = PEOPLE.person(id, PEOPLE.epoch) else {
                missing += 1;
                continue;
            };
            assert_eq!(PEOPLE.by_username(&name.to_uppercase(), PEOPLE.epoch), Some(person));
        }
        assert!((10..150).contains(&missing), "{missing}");
        assert_eq!(PEOPLE.by_username("nasa", PEOPLE.epoch), None);
        assert_eq!(People::number(UserId(12)), None);
    }

    #[test]
    fn followers_have_a_heavy_tail_and_drift() {
        let count = |number, at| PEOPLE.counts(number, at).followers.unwrap();
        let mut all: Vec<u64> = (0..1_000).map(|number| count(number, PEOPLE.epoch)).collect();
        all.sort_unstable();
        assert!(
            (300..3_000).contains(&all[500]) && all[999] > 100_000,
            "{} {}",
            all[500],
            all[999]
        );
        let later = PEOPLE.epoch.plus(10 * 86_400_000);
        let changed = (0..1_000).filter(|n| count(*n, later) != count(*n, PEOPLE.epoch)).count();
        assert!(changed > 800, "{changed}");
    }

    #[test]
    fn some_people_hold_far_more_spaces_than_others() {
        let mut dice = Dice::new(1, 1);
        let hosts: Vec<u64> = (0..10_000).map(|_| PEOPLE.host(&mut dice)).collect();
        assert!(hosts.iter().all(|host| *host < 1_000));
        assert!(hosts.iter().filter(|host| **host < 100).count() > 2_500);
        assert!(hosts.iter().any(|host| *host > 900));
    }
}
