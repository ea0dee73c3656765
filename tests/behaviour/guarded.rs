//! Who may ask the local server, and how much of it: each rule on the real program.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt as _;

use super::fetch::{Site, refused_at_start};
use super::page::hostile;
use super::program::{Folder, until};
use super::refusals::refused;
use super::secrets::clean_of;

/// What the server never answers to.
const STRANGE: [(&str, &str, u16); 7] = [
    ("GET", "Origin: http://evil.example\r\n", 403),
    ("GET", "Origin: null\r\n", 403),
    ("GET", "Sec-Fetch-Site: cross-site\r\n", 403),
    ("GET", "Sec-Fetch-Site: same-site\r\n", 403),
    ("GET", "Content-Length: 5\r\n", 413),
    ("POST", "", 405),
    ("DELETE", "", 405),
];

#[test]
fn only_our_own_page_is_answered_and_nothing_that_is_asked_changes_anything() {
    let folder = hostile();
    let before = folder.rows(&["status"])[0]["chain"].clone();
    let site = Site::of(&folder, &["serve"]);
    for target in ["/", "/api/spaces", "/api/events/stream", "/metrics", "/healthz", "/nothing"] {
        for (method, headers, status) in STRANGE {
            let answer = site.ask(method, target, headers);
            assert_eq!(answer.status, status, "{method} {target} {headers}: {answer:?}");
            let head = answer.head.to_lowercase();
            for header in [
                "content-security-policy: default-src 'none'; style-src 'sha256-",
                "frame-ancestors 'none'",
                "x-content-type-options: nosniff",
                "cache-control: no-store",
            ] {
                assert!(head.contains(header), "no {header}: {head}");
            }
            assert!(!head.contains("access-control-allow"), "{head}");
        }
        for host in ["evil.example", "evil.example:80", "localhost", "127.0.0.1:1", ""] {
            let request =
                format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            assert_eq!(site.send(&request).status, 421, "{host}");
        }
        let nobody = site.send(&format!("GET {target} HTTP/1.1\r\nConnection: close\r\n\r\n"));
        assert_eq!(nobody.status, 400, "{nobody:?}");
    }
    for (name, value) in [("Sec-Fetch-Site", "same-origin"), ("Origin", &site.url()[..])] {
        assert_eq!(site.ask("GET", "/api/spaces", &format!("{name}: {value}\r\n")).status, 200);
    }
    let long = format!("/spaces?keyword={}", "x".repeat(5_000));
    assert_eq!(site.get(&long).status, 414);
    let big = format!("X-Big: {}\r\n", "x".repeat(40_000));
    assert_eq!(site.ask("GET", "/", &big).status, 431);
    site.stop();
    assert_eq!(folder.rows(&["status"])[0]["chain"], before, "not an event was appended");
}

/// What a browser sends that follows a link of another site.
pub const FOLLOWS: &str = "Accept: text/html\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: \
                           navigate\r\nSec-Fetch-Dest: document\r\n";

#[test]
fn a_link_of_another_site_shows_nothing_before_somebody_follows_it_here() {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    let shown = site.get("/spaces?state=live").body;
    let known: Vec<String> =
        folder.rows(&["spaces"]).iter().map(|row| row["space_id"].to_string()).collect();
    let is_told = |page: &str| known.iter().any(|id| page.contains(id.trim_matches('"')));
    assert!(is_told(&shown), "{shown}");
    let asked = site.ask("GET", "/spaces?state=live", FOLLOWS);
    assert_eq!(asked.status, 403, "{asked:?}");
    assert!(asked.body.contains("<a href=\"/spaces?state=live\">Open "), "{asked:?}");
    assert!(!is_told(&asked.body), "{asked:?}");
    for target in ["/api/spaces", "//evil.example/", "/metrics"] {
        let refused = site.ask("GET", target, FOLLOWS);
        assert_eq!(refused.status, 403, "{refused:?}");
        assert!(!refused.body.contains("Open "), "{target}: {refused:?}");
    }
    site.stop();
}

#[test]
fn other_machines_need_an_access_token_which_appears_nowhere() {
    const SECRET: &str = "open+sesame/open%20sesame";
    let folder = hostile();
    let open = ["serve", "--listen", "0.0.0.0:0"];
    let (code, told) = refused_at_start(&folder, &open);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("access token") && told.contains("hint: "), "{told}");
    let file = folder.file("access", SECRET);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut site = Site::of(&folder, &[&open[..], &["--access-token-file", &file]].concat());
    site.host = site.host.replace("0.0.0.0", "127.0.0.1");
    for target in ["/", "/api/spaces", "/metrics", "/healthz", "/nothing"] {
        let answer = site.get(target);
        assert_eq!(answer.status, 401, "{target}: {answer:?}");
        assert!(!answer.body.contains("1harm"), "{answer:?}");
    }
    assert_eq!(site.get(&format!("/?access_token={SECRET}")).status, 400);
    let wrong = site.ask("GET", "/api/spaces", "Authorization: Bearer open+sesame\r\n");
    assert_eq!(wrong.status, 401);
    let bearer = format!("Authorization: Bearer {SECRET}\r\n");
    for target in ["/", "/api/status", "/api/doctor", "/metrics"] {
        let answer = site.ask("GET", target, &bearer);
        assert_eq!(answer.status, 200, "{target}: {answer:?}");
        assert!(!answer.body.contains(SECRET), "{target}");
    }
    site.stop();
    clean_of(SECRET, &folder, &[]);
}

#[test]
fn an_access_token_that_could_be_guessed_or_read_is_refused_and_what_to_do_is_said() {
    const GOOD: &str = "sesame0123456789";
    let folder = hostile();
    let chmod = |path: &str, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let short = &GOOD[1..];
    let with_end = format!("{short}\n");
    // Characters count, and not what they are stored in.
    let wide = "\u{1f511}".repeat(15);
    let guessed = ["fewer than 16 characters", "openssl rand -hex 32"];
    let opened = ["others may read", "chmod 600"];
    for (token, mode, says) in [
        (short, 0o600, guessed),
        (&with_end, 0o600, guessed),
        (&wide, 0o600, guessed),
        (GOOD, 0o644, opened),
        (GOOD, 0o640, opened),
        (GOOD, 0o604, opened),
        ("\n", 0o600, ["holds no token", "put the access token alone into it"]),
    ] {
        let file = folder.file("access", token);
        chmod(&file, mode);
        for listen in ["0.0.0.0:0", "127.0.0.1:0"] {
            let run = ["run", "--query", "coast"];
            for command in [&["serve"][..], &run] {
                let flags = ["--listen", listen, "--access-token-file", &file];
                let output = folder.run(&[command, &flags].concat());
                refused(&output, 2, &says);
                assert!(!output.err.contains(short), "it is repeated: {output:?}");
            }
        }
        std::fs::remove_file(file).unwrap();
    }
    let nowhere = ["serve", "--listen", "0.0.0.0:0", "--access-token-file", "nowhere"];
    refused(&folder.run(&nowhere), 2, &["nowhere", "look at the file's name"]);
    let file = folder.file("access", GOOD);
    chmod(&file, 0o400);
    Site::of(&folder, &["serve", "--access-token-file", &file]).stop();
}

#[test]
fn who_drips_a_head_does_not_keep_others_waiting() {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    let drip = || {
        let mut stream = site.connect();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
        stream
    };
    let mut dripping: Vec<_> = (0..100).map(|_| drip()).collect();
    assert_eq!(site.get("/healthz").status, 200, "others are answered meanwhile");
    // Now more than may be open: one more waits, until the first of these has taken too long.
    dripping.extend((0..60).map(|_| drip()));
    assert_eq!(site.get("/healthz").status, 200, "who drips is hung up on");
    let metrics = site.get("/metrics").body;
    let open = metrics.lines().find_map(|line| line.strip_prefix("spacelog_http_connections "));
    assert!(open.unwrap().parse::<u32>().unwrap() <= 128, "{metrics}");
    let mut rest = Vec::new();
    drop(dripping.remove(0).read_to_end(&mut rest));
    let text = String::from_utf8_lossy(&rest);
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 408"), "{text}");
    site.stop();
}

#[test]
fn who_takes_nothing_of_its_answers_is_hung_up_on() {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    let connections = || {
        let metrics = site.get("/metrics").body;
        let open = metrics.lines().find_map(|line| line.strip_prefix("spacelog_http_connections "));
        open.unwrap().parse::<u32>().unwrap()
    };
    let mut slow = site.connect();
    let host = &site.host;
    let ask = format!("GET /api/openapi.json HTTP/1.1\r\nHost: {host}\r\n\r\n");
    // More answers than the buffers of both ends hold, and none of them is read.
    slow.write_all(ask.repeat(2_000).as_bytes()).unwrap();
    assert!(connections() >= 2, "it is open, and whoever asks for figures");
    until("the end of the connection", || (connections() == 1).then_some(()));
    assert_eq!(site.get("/healthz").status, 200);
    let (mut rest, whole) = (Vec::new(), site.get("/api/openapi.json").body.len());
    drop(slow.read_to_end(&mut rest));
    assert!(rest.len() < 2_000 * whole, "it got {} bytes", rest.len());
    site.stop();
}

#[test]
fn a_stream_goes_on_after_the_last_event_that_somebody_had() {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    let rows = folder.rows(&["events"]);
    let seqs: Vec<u64> = rows.iter().map(|row| row["seq"].as_u64().unwrap()).collect();
    let (had, last) = (seqs[seqs.len() - 4], seqs[seqs.len() - 1]);
    let mut stream = site.connect();
    let host = &site.host;
    let ask =
        format!("GET /api/events/stream HTTP/1.1\r\nHost: {host}\r\nLast-Event-ID: {had}\r\n\r\n");
    stream.write_all(ask.as_bytes()).unwrap();
    let mut text = String::new();
    until("the last event", || {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).unwrap();
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
        text.contains(&format!("id: {last}\n")).then_some(())
    });
    let ids: Vec<u64> =
        text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
    assert_eq!(ids, seqs[seqs.len() - 3..], "each once, in order, none left out");
    drop(stream);
    site.stop();
}

#[test]
fn health_tells_an_idle_log_from_one_that_grows() {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    let health: serde_json::Value = serde_json::from_str(&site.get("/healthz").body).unwrap();
    assert_eq!((&health["status"], &health["running"]), (&"idle".into(), &false.into()));
    site.stop();
    let folder = Folder::with_token(None);
    let site = Site::demo(&folder);
    until("a log that grows", || {
        let answer = site.get("/healthz");
        let health: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        let grows = health["status"] == "ok" && health["seq"].as_u64() > Some(100);
        (grows && answer.status == 200).then_some(())
    });
    site.stop();
}
