//! Proxies: requests go through them, and their passwords are found nowhere else.

use super::program::{Folder, Running};
use super::proxy::Proxy;
use super::refusals::refused;
use super::secrets::{base64_whole, clean_of};
use super::x::{LOOK_UP, SEARCH, X, space};

const PASSWORD: &str = "hush+sentinel/of%ours0123456789";

/// The password as it stands in a URL.
const IN_URL: &str = "hush%2Bsentinel%2Fof%25ours0123456789";

fn basic() -> String {
    format!("Basic {}", base64_whole(format!("me:{PASSWORD}").as_bytes()))
}

fn found(x: &X) {
    x.put(space("1found", "live", Some(5)));
    x.find("1found");
}

#[test]
fn requests_go_through_a_proxy_that_is_told_who_asks_and_nobody_else_is() {
    let (folder, x, proxy) = (Folder::new(), X::new(), Proxy::http(Some(basic())));
    found(&x);
    let (url, way) = (x.url(), format!("http://me:{IN_URL}@{}", proxy.address()));
    let run = ["run", "--api-url", &url, "--query", "coast", "--once", "--proxy", &way];
    let output = folder.run(&run);
    assert_eq!(output.code, Some(0), "{output:#?}");
    let host = url.strip_prefix("http://").unwrap().to_owned();
    let seen = proxy.seen();
    let asked = (x.asked(SEARCH) + x.asked(LOOK_UP)) as usize;
    assert_eq!(seen.len(), asked, "all went through it");
    assert!(seen.iter().all(|it| *it == (host.clone(), Some(basic()))), "{seen:?}");
    assert_eq!(folder.rows(&["spaces"]).len(), 1);
    let doctor = folder.run(&["doctor", "--api-url", &url, "--proxy", &way]);
    assert_eq!(doctor.code, Some(0), "{doctor:#?}");
    assert!(doctor.out.contains(&format!("through http://{}", proxy.address())), "{doctor:#?}");
    clean_of(PASSWORD, &folder, &[output, doctor]);
}

#[test]
fn a_proxy_of_the_environment_is_used_and_so_is_one_that_speaks_socks() {
    let (folder, x, proxy) = (Folder::new(), X::new(), Proxy::socks("me", PASSWORD));
    found(&x);
    let (url, data) = (x.url(), folder.data());
    let args = ["run", "--api-url", &url, "--query", "coast", "--once", "--data"];
    let args = [args.as_slice(), &[data.to_str().unwrap()]].concat();
    let mut command = folder.command(super::program::PROGRAM, &args);
    command.env("SPACELOG_PROXY", format!("socks5://me:{IN_URL}@{}", proxy.address()));
    // What the environment says to everybody is not meant for us.
    command.env("HTTP_PROXY", "http://127.0.0.1:9").env("ALL_PROXY", "http://127.0.0.1:9");
    let output = Running::of(command).end();
    assert_eq!(output.code, Some(0), "{output:#?}");
    let as_us = Some(format!("me:{PASSWORD}"));
    assert!(!proxy.seen().is_empty() && proxy.seen().iter().all(|(_, told)| *told == as_us));
    clean_of(PASSWORD, &folder, &[output]);
}

#[test]
fn a_proxy_that_refuses_us_or_is_not_there_costs_no_password() {
    let (x, proxy) = (X::new(), Proxy::http(Some("Basic other".to_owned())));
    let url = x.url();
    let there = proxy.address();
    for way in [
        format!("http://me:{IN_URL}@{there}"),
        format!("http://me:{IN_URL}@127.0.0.1:9"),
        format!("socks5://me:{IN_URL}@127.0.0.1:9"),
        format!("https://me:{IN_URL}@{there}"),
    ] {
        let folder = Folder::new();
        let run = ["run", "--api-url", &url, "--query", "coast", "--once", "--proxy", &way];
        let mut outputs = vec![folder.run(&run)];
        assert_eq!(outputs[0].code, Some(5), "{outputs:#?}");
        outputs.push(folder.run(&["polls", "--json"]));
        outputs.push(folder.run(&["doctor", "--api-url", &url, "--proxy", &way]));
        assert_eq!(outputs[2].code, Some(5), "{outputs:#?}");
        clean_of(PASSWORD, &folder, &outputs);
    }
    assert_eq!(x.asked(SEARCH), 0, "nothing goes around a proxy");
}

#[test]
fn a_wrong_proxy_is_refused_with_two_and_its_password_not_repeated() {
    let folder = Folder::new();
    let token = folder.file("token", "some-token-of-ours");
    let near = ["run", "--query", "x", "--api-url", "http://127.0.0.1:9", "--proxy"];
    for (args, says) in [
        (vec!["run", "--query", "x", "--proxy", "gopher://me:hush0secret@p"], "begins with none"),
        (vec!["run", "--query", "x", "--proxy", "http://me:hush0secret@"], "is no address"),
        ([&near[..], &["http://me:hush0secret@far.example.com"]].concat(), "show it the token"),
        (vec!["run", "--query", "x", "--credential", "hush0secret"], "NAME=FILE"),
        (
            vec!["run", "--query", "x", "--credential", "a=f,proxy=ftp://me:hush0secret@p"],
            "begins with none",
        ),
    ] {
        let output = folder.run(&args);
        refused(&output, 2, &[says, "hint: "]);
        assert!(!output.err.contains("hush0secret"), "{output:#?}");
    }
    let open = format!("a={token}");
    refused(&folder.run(&["run", "--query", "x", "--credential", &open]), 3, &["others may read"]);
}

#[test]
fn credentials_of_ones_own_are_used_side_by_side_each_by_its_own_way() {
    let (folder, x, proxy) = (Folder::with_token(None), X::new(), Proxy::http(Some(basic())));
    found(&x);
    let token = |name: &str| {
        let path = folder.file(name, format!("AAAAAAAAAAAAAAAAAAAA-token-of-{name}"));
        let mine = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, mine).unwrap();
        path
    };
    let url = x.url();
    let plain = format!("first={}", token("first"));
    let far = format!("second={},proxy=http://me:{IN_URL}@{}", token("second"), proxy.address());
    let run = ["run", "--api-url", &url, "--query", "coast", "--query", "sea", "--query", "wind"];
    let run = [&run[..], &["--credential", &plain, "--credential", &far]].concat();
    let monitor = folder.start(&run);
    super::program::until("both to be used", || {
        let (all, proxied) = (x.asked(SEARCH) + x.asked(LOOK_UP), proxy.seen().len());
        // Of those last seen some may be under way when it is stopped.
        (proxied > 6 && all as usize > proxied + 6).then_some(())
    });
    let doctor = folder.run(&["doctor"]);
    assert!(doctor.out.contains("token first") && doctor.out.contains("token second"));
    let output = monitor.stop();
    let events = folder.rows(&["events", "--kind", "PollSucceeded"]);
    let by = |name: &str| events.iter().filter(|it| it["data"]["credential"] == name).count();
    assert!(by("first") > 2 && by("second") > 2, "{events:?}");
    clean_of(PASSWORD, &folder, &[output, doctor]);
    for name in ["first", "second"] {
        clean_of(&format!("AAAAAAAAAAAAAAAAAAAA-token-of-{name}"), &folder, &[]);
    }
}
