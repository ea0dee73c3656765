//! The token: sent to X, and to be found nowhere else.

use std::fs;
use std::path::PathBuf;

use super::program::{Folder, Output, Running, until};
use super::server::{Reply, Server};

/// A token whose percent-encoded form differs from itself.
const SENTINEL: &str = "AAAAAAAAAAAAAAAAsentinel%2Btoken+of/ours0123456789";

/// Forms in which it must not appear: itself, percent-encoded, and what base64 makes of it at
/// each of the three places where it may begin.
fn forms() -> Vec<Vec<u8>> {
    forms_of(SENTINEL)
}

fn forms_of(secret: &str) -> Vec<Vec<u8>> {
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut forms = vec![secret.as_bytes().to_vec(), encoded.into_bytes()];
    for skipped in 0..3 {
        let whole = &secret.as_bytes()[skipped..];
        let whole = &whole[..whole.len() / 3 * 3];
        forms.push(base64(whole));
    }
    forms
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Vec::new();
    for three in bytes.chunks_exact(3) {
        let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        for place in [18, 12, 6, 0] {
            text.push(LETTERS[(bits >> place & 63) as usize]);
        }
    }
    text
}

/// Returns the whole base64 of a text, with its padding.
pub fn base64_whole(bytes: &[u8]) -> String {
    let missing = (3 - bytes.len() % 3) % 3;
    let padded = [bytes, &vec![0; missing]].concat();
    let mut text = String::from_utf8(base64(&padded)).unwrap();
    text.truncate(text.len() - missing);
    text + &"=".repeat(missing)
}

/// Holds that neither what was said nor what was written holds the token.
fn clean(folder: &Folder, outputs: &[Output]) {
    clean_of(SENTINEL, folder, outputs);
}

/// Holds that neither what was said nor what was written holds a secret.
pub fn clean_of(secret: &str, folder: &Folder, outputs: &[Output]) {
    let mut places: Vec<(String, Vec<u8>)> = Vec::new();
    for output in outputs {
        places.push(("standard output".to_owned(), output.out.clone().into_bytes()));
        places.push(("standard error".to_owned(), output.err.clone().into_bytes()));
    }
    let mut paths: Vec<PathBuf> = vec![folder.data(), folder.home().join("run")];
    while let Some(path) = paths.pop() {
        let Ok(found) = fs::metadata(&path) else { continue };
        if found.is_dir() {
            paths.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if found.is_file() {
            let bytes = fs::read(&path).unwrap();
            let plain = zstd::decode_all(bytes.as_slice()).unwrap_or_default();
            places.push((path.display().to_string(), [bytes, plain].concat()));
        }
    }
    for (place, bytes) in places {
        for form in forms_of(secret) {
            let found = bytes.windows(form.len()).any(|window| window == form.as_slice());
            assert!(!found, "`{}` in {place}", String::from_utf8_lossy(&form));
        }
    }
}

#[test]
fn the_token_appears_nowhere_whatever_goes_wrong() {
    // An X that repeats whatever it is sent, in a body and in a header.
    let echo = |status: u16| {
        Server::start(move |request| {
            let sent = request.authorization.clone().unwrap_or_default();
            assert_eq!(sent, format!("Bearer {SENTINEL}"));
            let forms = forms().into_iter().map(|form| String::from_utf8(form).unwrap());
            let detail = forms.collect::<Vec<_>>().join(" ");
            let body = serde_json::json!({"title": sent, "detail": detail, "status": status,
                "data": [{"id": "1abc", "state": "live", "title": sent, "extra": sent}]});
            Reply::Whole(status, vec![("x-echo", sent)], body.to_string())
        })
    };
    let says = |status: u16, made: fn(&str) -> String| {
        Server::start(move |request| {
            Reply::new(status, made(&request.authorization.clone().unwrap_or_default()))
        })
    };
    let html = says(502, |sent| format!("<html>{sent}</html>"));
    let cut = says(200, |sent| format!(r#"{{"data":[{{"id":"1abc","title":"{sent}"#));
    let huge = says(200, |sent| sent.repeat(9 * 1024 * 1024 / sent.len()));
    let elsewhere = Server::start(|request| {
        let to = format!("http://127.0.0.1:9/{}", request.authorization.clone().unwrap());
        Reply::Whole(302, vec![("location", to.replace(' ', "/"))], String::new())
    });
    let hang_up = Server::start(|_| Reply::HangUp);
    let mut servers = vec![html, cut, huge, elsewhere, hang_up];
    servers.extend([200, 400, 401, 402, 403, 404, 429, 503].map(echo));
    for server in &servers {
        let folder = Folder::with_token(Some(SENTINEL));
        let url = server.url();
        let run = ["run", "--api-url", &url, "--query", "coast", "--once", "--keep-bodies"];
        let mut outputs = vec![folder.run(&run)];
        for asked in [&["doctor"][..], &["search", "coast"], &["tweets", "1abc", "--ask"]] {
            outputs.push(folder.run(&[asked, &["--api-url", &url]].concat()));
        }
        for question in [&["polls"][..], &["events", "--json"], &["status"], &["spaces"]] {
            outputs.push(folder.run(question));
        }
        clean(&folder, &outputs);
    }
}

#[test]
fn the_tokens_of_a_user_and_of_more_credentials_appear_nowhere_either() {
    let server = Server::start(|request| {
        let sent = request.authorization.clone().unwrap_or_default();
        Reply::new(403, serde_json::json!({"title": sent, "detail": sent}).to_string())
    });
    let (folder, url) =
        (Folder::with_token(Some("AAAAAAAAAAAAAAAAAAAAAother0token")), server.url());
    let file = folder.file("token", SENTINEL);
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let second = format!("second={file}");
    let outputs: Vec<Output> = [
        &["run", "--query", "coast", "--once", "--credential", &second][..],
        &["participants", "1abc", "--user-token-file", &file],
        &["doctor", "--credential", &second],
        &["search", "coast", "--bearer-token-file", &file],
    ]
    .into_iter()
    .map(|asked| folder.run(&[asked, &["--api-url", &url]].concat()))
    .chain([folder.run(&["events", "--json"]), folder.run(&["polls", "--json"])])
    .collect();
    fs::remove_file(&file).unwrap();
    clean(&folder, &outputs);
}

#[test]
fn the_token_appears_nowhere_while_a_monitor_runs_nor_where_it_is_refused() {
    let server = Server::start(|_| Reply::new(401, r#"{"title":"Unauthorized","status":401}"#));
    let folder = Folder::with_token(Some(SENTINEL));
    let url = server.url();
    let monitor = folder.start(&["run", "--api-url", &url, "--query", "coast"]);
    until("the refusal", || monitor.err().contains("unauthorized").then_some(()));
    let status = folder.run(&["status", "--json"]);
    let killed = monitor.kill();
    clean(&folder, &[status, killed]);

    let refused: Vec<Output> = [
        &["run", "--query", "x", "--api-url", "http://far.example.com"][..],
        &["run", "--query", "x", "--api-url", "https://user:pass@far.example.com"],
        &["run"],
        &["run", "--query", "x", "--frobnicate"],
    ]
    .into_iter()
    .map(|args| folder.run(args))
    .collect();
    clean(&folder, &refused);

    let folder = Folder::with_token(None);
    let file = folder.file("token", format!("{SENTINEL} and more\n"));
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let run = ["run", "--api-url", &url, "--query", "x", "--once", "--bearer-token-file", &file];
    clean(&folder, &[folder.run(&run)]);
}

#[test]
fn the_url_of_a_user_with_a_password_is_not_repeated() {
    let folder = Folder::new();
    let data = folder.data();
    let args = ["run", "--query", "x", "--api-url", "https://user:hush5ecret@far.example.com"];
    let args = [args.as_slice(), &["--data", data.to_str().unwrap()]].concat();
    let output = Running::of(folder.command(super::program::PROGRAM, &args)).end();
    assert_eq!(output.code, Some(2));
    assert!(!output.err.contains("hush5ecret"), "{}", output.err);
}
