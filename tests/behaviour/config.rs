//! Settings: from flags, the environment and the file, in this order, each with its origin.

use serde_json::{Value, json};

use super::program::{Folder, PROGRAM, Running, TOKEN};
use super::proxy::Proxy;
use super::refusals::refused;
use super::x::{SEARCH, X, space};

/// Returns what `config` says of a setting: value and origin.
fn setting(rows: &[Value], key: &str) -> (Value, String) {
    let row = rows.iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("no `{key}`"));
    (row["value"].clone(), row["origin"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_flag_covers_the_environment_which_covers_the_file_which_covers_the_default() {
    let folder = Folder::new();
    let path = folder.file(
        "config.toml",
        "queries = [\"wind\", \"rain\"]\nmax_results = 20\nspend_cap = 3\n\n[prices]\nuser = 0.02\n",
    );
    let data = folder.data();
    let args = ["config", "--json", "--config", &path, "--data", data.to_str().unwrap()];
    let mut command = folder.command(PROGRAM, &args);
    command.env("SPACELOG_MAX_RESULTS", "50").env("SPACELOG_DATA", "elsewhere");
    let output = Running::of(command).end();
    assert_eq!(output.code, Some(0), "{output:?}");
    let rows: Vec<Value> = serde_json::from_str(&output.out).unwrap();
    assert_eq!(setting(&rows, "data"), (json!(data.to_str()), "flag".into()));
    assert_eq!(
        setting(&rows, "max_results"),
        (json!("50"), "environment SPACELOG_MAX_RESULTS".into())
    );
    assert_eq!(setting(&rows, "queries"), (json!(["wind", "rain"]), format!("file {path}:1")));
    assert_eq!(setting(&rows, "prices.user"), (json!("0.02"), format!("file {path}:6")));
    assert_eq!(setting(&rows, "cap_bound"), (json!("high"), "default".into()));
    assert_eq!(setting(&rows, "bearer_token"), (json!("hidden"), "environment".into()));
    assert!(!output.out.contains(TOKEN) && !output.err.contains(TOKEN));
    assert!(!data.exists(), "showing settings makes nothing");
}

#[test]
fn the_file_in_the_configuration_folder_is_what_run_and_the_other_commands_go_by() {
    let (folder, x) = (Folder::new(), X::new());
    x.put(space("1one", "live", Some(3)));
    x.find("1one");
    std::fs::create_dir_all(folder.home().join(".config/spacelog")).unwrap();
    let text = format!(
        "queries = [\"coast\"]\napi_url = \"{}\"\ndata = \"../../data\"\nkeep_bodies = true\n",
        x.url()
    );
    folder.file(".config/spacelog/config.toml", text);
    let output = Running::of(folder.command(PROGRAM, &["run", "--once"])).end();
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(x.asked(SEARCH), 1);
    assert!(folder.data().join("bodies").exists(), "the file says to keep them");
    let output = Running::of(folder.command(PROGRAM, &["spaces", "--json"])).end();
    assert!(output.out.contains("1one"), "{output:?}");
}

#[test]
fn a_wrong_configuration_is_refused_with_its_file_its_line_and_what_is_wrong() {
    let folder = Folder::new();
    let cases = [
        ("queries = [\"x\"]\nspendcap = 3\n", "line 2", "did you mean `spend_cap`?"),
        ("\n\ninterval = \"soon\"\n", "line 3", "write 30s, 5m"),
        ("queries = [\"x\"\n", "line", "hint: "),
        ("proxy = \"http://me:hush@127.0.0.1:1\"\n", "line 1", "name it with proxy_file"),
        ("languages = [\"English\"]\n", "line 1", "write X's two letters"),
        ("credentials = [\"token\"]\n", "line 1", "credential"),
    ];
    for (text, line, why) in cases {
        let path = folder.file("wrong.toml", text);
        for command in ["run", "config"] {
            refused(&folder.run(&[command, "--config", &path]), 2, &[&path, line, why]);
        }
    }
    refused(&folder.run(&["run", "--config", "nowhere.toml"]), 2, &["nowhere.toml", "hint: "]);
    let data = folder.data();
    let args = ["run", "--query", "x", "--data", data.to_str().unwrap()];
    let mut command = folder.command(PROGRAM, &args);
    command.env("SPACELOG_SPEND_CAP", "much");
    refused(&Running::of(command).end(), 2, &["SPACELOG_SPEND_CAP", "write 10 or 2.50"]);
    assert!(!data.exists(), "a refused command leaves nothing behind");
}

#[test]
fn lists_tokens_and_proxies_may_stand_in_files_beside_the_configuration() {
    let (folder, x, proxy) = (Folder::with_token(None), X::new(), Proxy::http(None));
    x.put(space("1one", "live", Some(3)));
    x.find("1one");
    let closed = |name: &str, text: &str| {
        let path = folder.file(name, text);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, mode).unwrap();
    };
    closed("token", TOKEN);
    closed("other", "AAAAAAAAAAAAAAAAAAAAAother0token");
    closed("way", &format!("http://{}\n", proxy.address()));
    folder.file("queries.txt", "# the coast\ncoast\n\nwind\n");
    let text = format!(
        "api_url = \"{}\"\nqueries = [\"coast\"]\nqueries_file = \"queries.txt\"\n\
         bearer_token_file = \"token\"\nproxy_file = \"way\"\n\
         credentials = [\"second=other\"]\n",
        x.url()
    );
    let path = folder.file("config.toml", text);
    let check = folder.run(&["config", "check", "--config", &path]);
    assert_eq!(check.code, Some(0), "{check:?}");
    let told = "good: 2 queries, 0 creators and 0 Spaces to watch, and 2 credentials";
    assert!(check.err.contains(told), "{check:?}");
    let output = folder.run(&["run", "--once", "--config", &path]);
    assert_eq!((output.code, x.asked(SEARCH)), (Some(0), 2), "{output:?}");
    assert!(!proxy.seen().is_empty(), "the proxy was gone by");
    folder.file("queries.txt", "coast\n".to_owned() + &"x".repeat(2_049));
    let wrong = folder.run(&["config", "check", "--config", &path]);
    refused(&wrong, 2, &["queries_file", "line 2", "X takes up to 2048"]);
    folder.file("queries.txt", "coast\n");
    folder.file("config.toml", "queries = [\"coast\"]\n");
    refused(&folder.run(&["config", "check", "--config", &path]), 3, &["token", "hint: "]);
}
