//! Rules of alerts that change while a monitor runs.

use super::program::{Folder, PROGRAM, Running, until};
use super::x::{X, space};

const LIVE: &str = "name = \"on air\"\nwhen = \"live\"";
const NEW: &str = "name = \"new\"\nwhen = \"found\"";

fn crowd(over: u64) -> String {
    format!("name = \"crowd\"\nwhen = \"participants\"\nover = {over}")
}

/// A monitor with rules, and the X that it watches.
struct House {
    folder: Folder,
    x: X,
    run: Running,
}

impl House {
    /// Starts a monitor with these rules, and a first Space on air.
    fn begin(rules: &[&str]) -> Self {
        let (folder, x) = (Folder::new(), X::new());
        x.put(space("1first", "live", Some(240)));
        x.find("1first");
        let path = folder.file("watch.toml", settings(&x, rules));
        let data = folder.data();
        let args = ["run", "--config", &path, "--data", data.to_str().unwrap()];
        let run = Running::of(folder.command(PROGRAM, &args));
        Self { folder, x, run }
    }

    fn on_air(&self, id: &str, participants: u64) {
        self.x.put(space(id, "live", Some(participants)));
        self.x.find(id);
    }

    /// Gives the monitor other rules, and waits until it says this of them.
    fn rule(&self, rules: &[&str], says: &str) {
        self.folder.file("watch.toml", settings(&self.x, rules));
        self.run.signal("HUP");
        self.run.talks_of(says);
    }

    /// How many lines of standard output tell of a Space by a rule.
    fn told(&self, rule: &str, space: &str) -> usize {
        let begin = format!("alert  {rule}  ");
        let out = self.run.out();
        out.lines().filter(|line| line.starts_with(&begin) && line.ends_with(space)).count()
    }

    fn comes(&self, rule: &str, space: &str) {
        until(&format!("{rule} of {space}"), || (self.told(rule, space) > 0).then_some(()));
    }
}

fn settings(x: &X, rules: &[&str]) -> String {
    let rules: Vec<String> = rules.iter().map(|rule| format!("[[alerts]]\n{rule}\n")).collect();
    let url = x.url();
    format!("api_url = \"{url}\"\nqueries = [\"wind\"]\ninterval = \"3s\"\n") + &rules.concat()
}

#[test]
fn a_hangup_brings_rules_changes_them_and_takes_them_away_and_nothing_is_told_twice() {
    let house = House::begin(&[LIVE]);
    house.comes("on air", "1first");
    // One of two holds at once; the other waits for what is found from now on.
    house.rule(&[LIVE, &crowd(200), NEW], "the watch list is as it was; alerts: 2 added\n");
    house.comes("crowd", "1first");
    house.on_air("1second", 150);
    house.comes("new", "1second");
    house.comes("on air", "1second");
    // The second Space is below the number no more.
    house.rule(&[&crowd(100), NEW], "; alerts: 1 changed, 1 removed\n");
    house.comes("crowd", "1second");
    house.on_air("1third", 99);
    house.comes("new", "1third");
    house.rule(&[], "; alerts: 2 removed\n");
    house.rule(&[LIVE], "; alerts: 1 added\n");
    house.comes("on air", "1third");
    for (rule, space, times) in [
        ("on air", "1first", 1),
        ("on air", "1second", 1),
        ("crowd", "1first", 1),
        ("new", "1first", 0),
        ("crowd", "1third", 0),
    ] {
        assert_eq!(house.told(rule, space), times, "{rule} of {space}: {}", house.run.out());
    }
    house.run.stop();
    assert!(house.folder.rows(&["alerts", "waiting"]).is_empty());
    house.folder.hold();
}

#[test]
fn rules_that_are_wrong_are_refused_at_a_hangup_and_the_old_ones_stay() {
    let house = House::begin(&[LIVE]);
    house.comes("on air", "1first");
    let lost = "name = \"x\"\nwhen = \"lost\"";
    house.rule(&[LIVE, NEW, lost], "`lost` is nothing to wait for");
    // A rule may make sense, and its secret be nowhere.
    let hook = "name = \"x\"\nwhen = \"live\"\nwebhook = \"http://127.0.0.1:9/hush\"\n\
                secret_file = \"no\"";
    house.rule(&[hook], "the secret of the alert `x` cannot be used");
    until("both to be refused", || {
        let said = house.run.err();
        (said.matches("the settings stay as they were: the new").count() == 2).then_some(())
    });
    house.on_air("1second", 300);
    house.comes("on air", "1second");
    assert_eq!(house.told("new", "1second"), 0);
    let output = house.run.stop();
    assert!(!output.err.contains("hush"), "{}", output.err);
    assert_eq!(house.folder.rows(&["alerts", "raised"]).len(), 2);
}
