//! A browser without a window, told what to do over `WebDriver`'s plain HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The key that `WebDriver` returns elements under.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The keys that are pressed here, as `WebDriver` writes them.
pub const TAB: &str = "\u{e004}";
/// Enter.
pub const ENTER: &str = "\u{e007}";

const ARGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
];

/// A browser with one window; it goes when it is dropped.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// Starts one with its files below a folder; `None` where none is installed.
    pub fn start(folder: &Path) -> Option<Self> {
        if !(has("chromium") && has("chromedriver")) {
            return None;
        }
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("HOME", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let told = BufReader::new(driver.stdout.as_mut().unwrap());
        let port = told.lines().find_map(|line| {
            let line = line.unwrap();
            let (_, rest) = line.split_once("successfully on port ")?;
            rest.trim_end_matches('.').parse().ok()
        });
        let port = port.expect("chromedriver says its port");
        let profile = folder.join("profile");
        let mut args: Vec<String> = ARGS.map(ToOwned::to_owned).to_vec();
        args.push(format!("--user-data-dir={}", profile.display()));
        let mut browser = Self { driver, port, session: String::new() };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": args},
        }}});
        let session = browser.call("POST", "/session", &wanted);
        session["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        Some(browser)
    }

    /// Opens an address and waits until it is there.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// Returns where it is.
    pub fn address(&self) -> String {
        self.get("/url").as_str().unwrap().to_owned()
    }

    /// Runs a script in the page and returns what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Presses a key, wherever the focus is.
    pub fn press(&self, key: &str) {
        let actions = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.post("/actions", &json!({"actions": [keyboard]}));
    }

    /// Clicks on the first element that a selector finds.
    pub fn click(&self, selector: &str) {
        let found = self.post("/element", &json!({"using": "css selector", "value": selector}));
        let element = found[ELEMENT].as_str().unwrap_or_else(|| panic!("{selector}: {found}"));
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// Returns the source of the page as it is now.
    pub fn source(&self) -> String {
        self.get("/source").as_str().unwrap().to_owned()
    }

    /// Returns what the browser complained of since it was last asked.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({"type": "browser"}));
        let line = |it: &Value| format!("{}: {}", it["level"], it["message"]);
        log.as_array().unwrap().iter().map(line).collect()
    }

    /// Sets the size of the window, in CSS pixels.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1,
            "mobile": false});
        self.tell("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Makes it prefer `light` or `dark`.
    pub fn prefer(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.tell("Emulation.setEmulatedMedia", &json!({"features": features}));
    }

    /// Has pages run scripts, or not.
    pub fn let_scripts_run(&self, is_let: bool) {
        self.tell("Emulation.setScriptExecutionDisabled", &json!({"value": !is_let}));
    }

    /// Sends a command of the browser's own protocol.
    pub fn tell(&self, command: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    /// Keeps a picture of what is to be seen, for a person to look at.
    pub fn picture(&self, name: &str) {
        let taken = self.get("/screenshot");
        let bytes = STANDARD.decode(taken.as_str().unwrap()).unwrap();
        assert!(bytes.starts_with(b"\x89PNG"), "{name} is no picture");
        let folder = pictures();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    fn get(&self, path: &str) -> Value {
        self.call("GET", &format!("/session/{}{path}", self.session), &Value::Null)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, value) = self.exchange(method, path, body).unwrap();
        assert!(status == 200, "{method} {path} {body}: {status}: {value}");
        value
    }

    fn exchange(&self, method: &str, path: &str, body: &Value) -> std::io::Result<(u16, Value)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (port, length) = (self.port, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all((head + &body).as_bytes())?;
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
        let mut length = 0;
        while !line.trim().is_empty() {
            line.clear();
            reader.read_line(&mut line)?;
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        // The driver keeps its connections open, whatever it is asked.
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body);
        let answer: Value = serde_json::from_str(&body)?;
        Ok((status, answer["value"].clone()))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Without its session the browser ends; its driver ends with us in any case.
        if !self.session.is_empty() {
            let path = format!("/session/{}", self.session);
            drop(self.exchange("DELETE", &path, &Value::Null));
        }
        // What has ended already need not be ended.
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// Returns whether a program is installed, and says so where it is not.
pub fn has(program: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|it| it.join(program).is_file()));
    if !found {
        eprintln!("SKIPPED: {program} is not installed");
    }
    found
}

/// Returns where pictures are kept.
pub fn pictures() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures")
}
