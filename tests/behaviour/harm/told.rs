//! What a monitor tells as it goes: its lines, its alerts, and what a webhook is sent.

use serde_json::{Value, json};

use super::super::alerting::{Receiver, hook, set_up, watch};
use super::super::page::is_wild;
use super::super::program::until;
use super::{calm, person, spoken, titles};

#[test]
fn hostile_names_make_no_line_of_their_own_and_webhooks_get_them_whole_as_json() {
    let receiver = Receiver::start(204);
    let rules = hook("hook", "when = \"live\"", &receiver)
        + &hook("by one", "when = \"live\"\nhost = \"104\"", &receiver)
        + "[[alerts]]\nname = \"line\"\nwhen = \"live\"\n"
        + "[[alerts]]\nname = \"one\"\nwhen = \"live\"\nhost = \"104\"\n";
    let (folder, x, config) = set_up(&rules);
    for (at, text) in titles().iter().enumerate() {
        x.introduce(person(&format!("1{at:02}"), text));
        x.put(spoken(&format!("1live{at}"), "live", (at, text)));
        x.find(&format!("1live{at}"));
        x.put(spoken(&format!("1soon{at}"), "scheduled", (at, text)));
        x.find(&format!("1soon{at}"));
    }
    // One more is on air, whose host means no harm.
    let (all, on_air) = (titles().len(), titles().len() + 1);
    let monitor = watch(&folder, &x, &config);
    until("every alert", || (receiver.came().len() > on_air).then_some(()));
    until("every line", || (monitor.out().lines().count() > all + 2 * on_air).then_some(()));
    let output = monitor.stop();
    calm(&output.out, "standard output");
    calm(&output.err, "standard error");
    let lines = |begin: &str| output.out.lines().filter(|line| line.starts_with(begin)).count();
    assert_eq!(
        [lines("live  "), lines("scheduled  "), lines("alert  line  "), lines("alert  one  ")],
        [on_air, all, on_air, 1],
        "{}",
        output.out
    );
    assert_eq!(output.out.lines().count(), all + 2 * on_air + 1, "and no other");

    let mut titles_told = Vec::new();
    for came in receiver.came() {
        assert!(!came.body.contains(is_wild) && came.body.lines().count() == 1, "{came:?}");
        let body: Value = serde_json::from_str(&came.body).unwrap();
        calm(body["text"].as_str().unwrap(), "the line within a body");
        if body["rule"] == "by one" {
            assert_eq!((&body["username"], &body["user_id"]), (&json!(titles()[4]), &json!("104")));
        } else {
            titles_told.push(body["title"].as_str().unwrap().to_owned());
        }
    }
    let mut sent = titles();
    sent.push("Voices of the coast".to_owned());
    sent.sort_unstable();
    titles_told.sort_unstable();
    assert_eq!(titles_told, sent, "a program gets what X sent");
    for shape in ["table", "markdown"] {
        calm(&folder.well(&["alerts", "raised", "--format", shape]), shape);
    }
    let raised = folder.rows(&["alerts", "raised"]);
    assert_eq!(raised.len(), 2 * on_air + 2);
    assert!(raised.iter().any(|row| row["title"] == titles()[4]), "{raised:?}");
}
