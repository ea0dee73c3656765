//! Alerts on the program itself: a receiver that fails first, a command, a stop in the middle.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use ring::hmac;
use serde_json::{Value, json};

use super::answers::{both, streams};
use super::fetch::Site;
use super::moving::{without_hashes, without_moments};
use super::program::{Folder, Running, TOKEN, until};
use super::refusals::refused;
use super::shown::hold;
use super::x::{LOOK_UP, SEARCH, X, space};

/// What signs.
const SECRET: &str = "hush-this-is-the-secret-of-the-hook";

/// One POST that came.
#[derive(Clone, Debug)]
pub struct Came {
    id: String,
    time: String,
    signature: String,
    /// What it said.
    pub body: String,
}

/// A receiver of webhooks: it answers with a status, or keeps silent at 0.
pub struct Receiver {
    url: String,
    status: Arc<AtomicU16>,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Receiver {
    /// Starts one.
    pub fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let status = Arc::new(AtomicU16::new(status));
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let (answers, list) = (status.clone(), came.clone());
        // It goes with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, list) = (answers.clone(), list.clone());
                // A sender that was killed in the middle is what this is about.
                std::thread::spawn(move || drop(take(stream, &answers, &list)));
            }
        });
        Self { url, status, came }
    }

    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// Returns what came so far.
    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }
}

fn take(mut stream: TcpStream, status: &AtomicU16, came: &Mutex<Vec<Came>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut headers, mut line) = (Vec::new(), String::new());
    while reader.read_line(&mut line)? > 2 {
        let (name, value) = line.split_once(':').unwrap_or_default();
        headers.push((name.to_lowercase(), value.trim().to_owned()));
        line.clear();
    }
    let header = |name: &str| {
        headers
            .iter()
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body)?;
    came.lock().unwrap().push(Came {
        id: header("x-spacelog-alert"),
        time: header("x-spacelog-timestamp"),
        signature: header("x-spacelog-signature"),
        body: String::from_utf8(body).unwrap(),
    });
    match status.load(Ordering::SeqCst) {
        0 => {
            // Silent for as long as the sender waits.
            reader.read_line(&mut line)?;
            Ok(())
        }
        status => {
            let answer =
                format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes())
        }
    }
}

/// A folder with a secret beside its configuration, and a Space on air that searches find.
pub fn set_up(rules: &str) -> (Folder, X, String) {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1onAir", "live", Some(240)));
    x.find("1onAir");
    let secret = folder.file("hook-secret", SECRET);
    std::fs::set_permissions(secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let config = folder.file("spacelog.toml", rules);
    (folder, x, config)
}

/// Starts a monitor that searches.
pub fn watch(folder: &Folder, x: &X, config: &str) -> Running {
    let url = x.url();
    folder.start(&[
        "run",
        "--query",
        "coast",
        "--interval",
        "3s",
        "--api-url",
        &url,
        "--config",
        config,
    ])
}

/// Returns the table of a rule whose alerts a receiver gets.
pub fn hook(name: &str, when: &str, receiver: &Receiver) -> String {
    format!(
        "[[alerts]]\nname = \"{name}\"\n{when}\nwebhook = \"{}\"\nsecret_file = \"hook-secret\"\n",
        receiver.url
    )
}

/// Returns what the events of a kind say, in order.
pub fn events(folder: &Folder, kind: &str) -> Vec<Value> {
    folder.rows(&["events", "--kind", kind]).iter().map(|row| row["data"].clone()).collect()
}

/// Returns every file below a folder, as one.
fn bytes(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes(&path));
        } else if path.is_file() {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

#[test]
fn a_webhook_that_fails_first_gets_each_alert_under_one_id_also_across_a_kill() {
    let receiver = Receiver::start(500);
    let rules = hook("on air", "when = \"live\"", &receiver);
    let (folder, x, config) = set_up(&rules);
    let monitor = watch(&folder, &x, &config);
    until("a first attempt", || (!receiver.came().is_empty()).then_some(()));
    monitor.talks_of("alert on air: the webhook answers with HTTP 500; it is tried again");
    let first = monitor.kill();
    let waiting = folder.rows(&["alerts", "waiting"]);
    assert_eq!((waiting.len(), &waiting[0]["rule"]), (1, &json!("on air")));
    folder.well(&["forget", "--space", "1onAir", "--reason", "asked by mail", "--yes"]);
    receiver.answer(204);
    let before = receiver.came().len();
    let monitor = watch(&folder, &x, &config);
    until("it to arrive", || {
        (folder.rows(&["alerts", "waiting"]).is_empty() && receiver.came().len() > before)
            .then_some(())
    });
    let looks = x.asked(LOOK_UP);
    until("polling to go on", || (x.asked(LOOK_UP) > looks).then_some(()));
    let second = monitor.stop();

    let (raised, delivered) = (events(&folder, "AlertRaised"), events(&folder, "AlertDelivered"));
    assert_eq!((raised.len(), delivered.len()), (1, 1), "{raised:?} {delivered:?}");
    assert_eq!(
        (&delivered[0]["channel"], &delivered[0]["delivered"]),
        (&json!("webhook"), &json!(true))
    );
    let came = receiver.came();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    for it in &came {
        let body: Value = serde_json::from_str(&it.body).unwrap();
        assert_eq!((&it.id, body["id"].as_str().unwrap()), (&came[0].id, came[0].id.as_str()));
        assert_eq!((&body["rule"], &body["space_id"]), (&json!("on air"), &json!("1onAir")));
        let signed = hmac::sign(&key, format!("{}.{}", it.time, it.body).as_bytes());
        let hex: Vec<String> = signed.as_ref().iter().map(|it| format!("{it:02x}")).collect();
        assert_eq!(it.signature, format!("sha256={}", hex.concat()));
    }
    let told = |it: &Came| serde_json::from_str::<Value>(&it.body).unwrap()["title"].clone();
    assert_eq!(told(&came[0]), "Voices of the coast");
    assert_eq!(told(came.last().unwrap()), Value::Null, "what was forgotten is not told");
    for secret in [SECRET, TOKEN] {
        for said in [&first, &second] {
            assert!(!said.out.contains(secret) && !said.err.contains(secret));
        }
        let stored = bytes(&folder.data());
        assert!(!stored.windows(secret.len()).any(|part| part == secret.as_bytes()));
        assert!(came.iter().all(|it| !it.body.contains(secret)));
    }
    folder.hold();
}

#[test]
fn the_page_of_alerts_says_what_arrived_and_what_did_not_and_tells_no_secret() {
    let (receiver, closed) = (Receiver::start(204), Receiver::start(500));
    let rules = hook("crowd", "when = \"participants\"\nover = 200", &receiver)
        + &hook("on air", "when = \"live\"", &closed);
    let (folder, x, config) = set_up(&rules);
    let mut evil = space("1onAir", "live", Some(240));
    evil["title"] = "<script>harm()</script>\u{202e}".into();
    x.put(evil);
    let monitor = watch(&folder, &x, &config);
    until("both to be tried", || {
        (!receiver.came().is_empty() && !closed.came().is_empty()).then_some(())
    });
    until("one to arrive", || (!events(&folder, "AlertDelivered").is_empty()).then_some(()));
    monitor.stop();
    let rows = folder.rows(&["alerts", "raised"]);
    let mut told: Vec<[&str; 2]> =
        rows.iter().map(|row| ["rule", "delivery"].map(|key| row[key].as_str().unwrap())).collect();
    told.sort_unstable();
    assert_eq!(told, [["crowd", "delivered"], ["on air", "waiting"]]);
    let crowd = rows.iter().find(|row| row["rule"] == "crowd").unwrap();
    assert_eq!((&crowd["participants"], &crowd["space_id"]), (&json!(240), &json!("1onAir")));
    let site = Site::of(&folder, &["serve"]);
    assert_eq!(site.get("/api/alerts/raised").rows(), rows);
    let page = site.get("/alerts").body;
    for words in [">crowd<", ">delivered<", ">on air<", ">waiting<", "/space/1onAir", "&lt;script"]
    {
        assert!(page.contains(words), "no {words}: {page}");
    }
    assert_eq!(page.matches("<script").count(), 1, "our own: {page}");
    for harm in ["\u{202e}", SECRET, "/hook", "hook-secret", TOKEN] {
        assert!(!page.contains(harm), "{harm}: {page}");
    }
    site.stop();
    folder.well(&["forget", "--space", "1onAir", "--reason", "asked by mail", "--yes"]);
    assert_eq!(folder.rows(&["alerts", "raised"])[0]["title"], Value::Null);
    folder.hold();
}

#[test]
fn a_receiver_that_says_nothing_keeps_neither_polling_nor_the_end_waiting() {
    let receiver = Receiver::start(0);
    let rules = hook("on air", "when = \"live\"", &receiver)
        + "[[alerts]]\nname = \"new\"\nwhen = \"found\"\n";
    let (folder, x, config) = set_up(&rules);
    let monitor = watch(&folder, &x, &config);
    until("the attempt", || (!receiver.came().is_empty()).then_some(()));
    let asked = x.asked(SEARCH) + x.asked(LOOK_UP);
    until("polling to go on", || (x.asked(SEARCH) + x.asked(LOOK_UP) > asked + 2).then_some(()));
    let begun = std::time::Instant::now();
    let output = monitor.stop();
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    assert!(
        output.out.contains("alert  new  found  \"Voices of the coast\"  1onAir\n"),
        "{output:?}"
    );
    let waiting = folder.rows(&["alerts", "waiting"]);
    assert_eq!((&waiting[0]["rule"], &waiting[0]["attempts"]), (&json!("on air"), &json!(0)));
    let shown = |what: &str| without_moments(&without_hashes(&both(&folder, &["alerts", what])));
    hold("cli_alerts_waiting", &folder, &shown("waiting"));
    hold("cli_alerts_raised", &folder, &shown("raised"));
    // A rule that is gone: nobody knows where its alert was to go.
    let config = folder.file("other.toml", "[[alerts]]\nname = \"other\"\nwhen = \"ended\"\n");
    let monitor = watch(&folder, &x, &config);
    until("it to be given up", || (!folder.rows(&["alerts", "dead"]).is_empty()).then_some(()));
    monitor.stop();
    assert!(folder.rows(&["alerts", "waiting"]).is_empty());
    hold("cli_alerts_dead", &folder, &shown("dead"));
    hold("cli_alerts_raised_dead", &folder, &shown("raised"));
    assert_eq!(events(&folder, "AlertRaised").len(), 2);
}

#[test]
fn a_command_is_told_an_alert_on_its_standard_input_and_nothing_of_the_token() {
    let rules = "[[alerts]]\nname = \"crowd\"\nwhen = \"participants\"\nover = 200\nreadings = 2\n\
                 host = \"@coastwatch\"\nkeyword = \"voices\"\n\
                 command = [\"sh\", \"-c\", \"cat >> told.json; env >> told.env\"]\n";
    let (folder, x, config) = set_up(rules);
    let mut evil = space("1onAir", "live", Some(240));
    evil["title"] = "Voices; $(touch pwned) `touch pwned`\n\u{202e}\u{1b}[31m".into();
    x.put(evil);
    let monitor = watch(&folder, &x, &config);
    let told = folder.home().join("told.json");
    let text = until("it to be told", || {
        std::fs::read_to_string(&told).ok().filter(|text| text.ends_with('\n'))
    });
    until("it to be stored", || (!events(&folder, "AlertDelivered").is_empty()).then_some(()));
    monitor.stop();
    let alert: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&alert["rule"], &alert["participants"]), (&json!("crowd"), &json!(240)));
    assert_eq!((&alert["user_id"], &alert["username"]), (&json!("12"), &json!("coastwatch")));
    assert!(!text.contains(['\u{202e}', '\u{1b}']) && text.lines().count() == 1, "{text}");
    assert!(!folder.home().join("pwned").exists(), "no shell reads a title");
    let env = std::fs::read_to_string(folder.home().join("told.env")).unwrap();
    assert!(env.contains("HOME=") && !env.contains(TOKEN), "{env}");
    assert_eq!(events(&folder, "AlertRaised").len(), 1, "once, however long it is over");
}

#[test]
fn what_rules_there_are_and_what_is_wrong_with_them_is_said_and_one_can_be_tried() {
    let receiver = Receiver::start(204);
    let rules = hook("on air", "when = \"live\"\nhost = \"@nasa\"\nrepeat = \"1h\"", &receiver)
        + "[[alerts]]\nname = \"mute\"\nwhen = \"trouble\"\ntrouble = \"no_polls\"\n\
           command = [\"sh\", \"-c\", \"cat > /dev/null\"]\n\
           [[alerts]]\nname = \"crowd\"\nwhen = \"growth\"\nper_minute = 50\nkeyword = \"AI\"\n";
    let (folder, _x, config) = set_up(&rules);
    let config = config.as_str();
    let with = |args: &[&'static str]| -> Vec<&str> { [args, &["--config", config]].concat() };
    let list = folder.well(&with(&["alerts"]));
    let of_test =
        |text: &str| text.replace(receiver.url.trim_end_matches("/hook"), "http://127.0.0.1:PORT");
    hold("cli_alerts", &folder, &of_test(&list));
    let check = folder.run(&with(&["config", "check"]));
    assert!(check.err.contains("; 3 rules of alerts"), "{check:?}");
    let tried = folder.run(&with(&["alerts", "test", "on air"]));
    assert_eq!(tried.code, Some(0), "{tried:?}");
    hold("cli_alerts_test", &folder, &of_test(&streams(&tried)));
    let came = receiver.came();
    let body: Value = serde_json::from_str(&came[0].body).unwrap();
    assert_eq!((came.len(), &body["test"], &body["space_id"]), (1, &json!(true), &Value::Null));
    let tried = folder.run(&with(&["alerts", "test", "crowd"]));
    assert!(tried.out.starts_with("alert  crowd  TEST"), "{tried:?}");
    receiver.answer(500);
    refused(&folder.run(&with(&["alerts", "test", "on air"])), 5, &["HTTP 500", "hint: "]);
    refused(&folder.run(&with(&["alerts", "test", "none"])), 2, &["no alert `none`", "hint: "]);
    let secret = folder.file("hook-secret", SECRET);
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    for command in
        [&["alerts", "test", "on air"][..], &["config", "check"], &["run", "--query", "x"]]
    {
        refused(&folder.run(&with(command)), 3, &["on air", "others may read", "hint: "]);
    }
    let wrong =
        folder.file("wrong.toml", "[[alerts]]\nname = \"a\"\nwhen = \"live\"\nrepaet = \"1h\"\n");
    let says = [&wrong[..], "line 4", "did you mean `repeat`?"];
    refused(&folder.run(&["config", "check", "--config", &wrong]), 2, &says);
}
