//! Notices: each once, also across a restart, in lines for people.

use super::program::Folder;
use super::x::{X, announced, space};

#[test]
fn scheduled_live_and_ended_are_announced_once_each_also_across_a_restart() {
    let (folder, x) = (Folder::new(), X::new());
    let watch = ["run", "--api-url", &x.url(), "--query", "coast", "--space", "1watched"];
    x.put(announced("1watched"));
    x.find("1watched");
    let monitor = folder.start(&watch);
    monitor.says("scheduled  ");
    monitor.talks_of("\"coast\": 1 Space, ");
    let first = monitor.stop().out;

    x.put(space("1watched", "live", Some(1240)));
    let monitor = folder.start(&watch);
    monitor.says("live  ");
    monitor.talks_of("\"coast\": 1 Space, 0 new");
    let second = monitor.stop().out;

    x.find_nothing();
    x.put(space("1watched", "ended", Some(1300)));
    let monitor = folder.start(&watch);
    monitor.says("ended  ");
    let third = monitor.stop().out;
    let fourth = folder.run(&["run", "--api-url", &x.url(), "--space", "1watched", "--once"]);

    let all = [first, second, third, fourth.out].concat();
    let lines: Vec<&str> = all.lines().collect();
    assert_eq!(lines.len(), 3, "{all}");
    let told = "\"Voices of the coast\" by @coastwatch, 12,300 followers, ";
    assert!(lines[0].starts_with(&format!("scheduled  {told}starts ")), "{all}");
    assert!(lines[0].ends_with("Z  1watched"), "{all}");
    assert_eq!(lines[1], format!("live  {told}1,240 participants  1watched"));
    assert!(lines[2].starts_with(&format!("ended  {told}ran 90 min, ended ")), "{all}");
    folder.hold();
}
