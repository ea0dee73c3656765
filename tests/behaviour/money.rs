//! What it costs: what the meter says, against what the simulated X bills.

use serde_json::Value;

use super::program::{Folder, PROGRAM, Running, until};

/// A simulated X of its own, and its bill at the end.
struct Billing {
    running: Running,
    url: String,
}

impl Billing {
    fn start(folder: &Folder, args: &[&str]) -> Self {
        let args = [&["simulate", "--seed", "5"], args].concat();
        let running = Running::of(folder.command(PROGRAM, &args));
        let url = until("its address", || running.out().lines().next().map(str::to_owned));
        Self { running, url }
    }

    /// Ends it, and returns the dollars that it billed: for Spaces alone, and with the users.
    fn billed(self) -> (f64, f64) {
        self.running.signal("TERM");
        let output = self.running.end();
        let bills = output.err.lines().filter(|line| line.starts_with("SIMULATED bill of "));
        let (mut low, mut high) = (0.0, 0.0);
        for line in bills {
            let number = |word: &str| -> f64 {
                let words: Vec<&str> = line.split([' ', ',']).collect();
                let at = words.iter().position(|it| *it == word).unwrap();
                words[at - 1].parse().unwrap()
            };
            low += number("Spaces") * 0.005;
            high += number("Spaces") * 0.005 + number("users") * 0.01;
        }
        (low, high)
    }
}

/// Returns the row of the whole month: what both days cost, should midnight be in between.
fn month(folder: &Folder) -> Value {
    let rows = folder.rows(&["spend"]);
    rows.into_iter().rfind(|row| row["endpoint"].is_null()).unwrap()
}

#[test]
fn the_meter_encloses_what_x_bills() {
    let folder = Folder::new();
    let x = Billing::start(&folder, &["--spaces", "300"]);
    let watch = ["run", "--api-url", &x.url, "--query", "climate", "--query", "music"];
    let watch = [watch.as_slice(), &["--spend-cap", "1000", "--once"]].concat();
    folder.well(&watch);
    // A second run on the same day pays for nothing twice.
    folder.well(&watch);
    let spent = month(&folder);
    let (low, high) = x.billed();
    assert!(low > 0.1, "{low} dollars are too few to tell anything");
    let bound = |key: &str| spent[key].as_f64().unwrap();
    assert!((bound("usd_low") - low).abs() < 1e-9, "{spent} against {low}");
    assert!((bound("usd_high") - high).abs() < 1e-9, "{spent} against {high}");
    folder.well(&["rebuild", "polls"]);
    let again = month(&folder);
    for key in ["polls", "spaces", "users", "usd_low", "usd_high"] {
        assert_eq!(again[key], spent[key], "{key} after a rebuild");
    }
}

#[test]
fn x_bills_no_more_than_the_cap_by_either_bound_also_after_restarts() {
    for (bound, cap) in [("low", 0.3), ("high", 4.0)] {
        let folder = Folder::new();
        let x = Billing::start(&folder, &["--spaces", "400", "--limit", "3000"]);
        let watch = ["run", "--api-url", &x.url, "--query", "climate", "--query", "music"];
        let cap_text = cap.to_string();
        let money = ["--spend-cap", &cap_text, "--cap-bound", bound, "--for", "4s"];
        for _run in 0..2 {
            folder.well(&[watch.as_slice(), &["--query", "news"], &money].concat());
        }
        let spent = month(&folder);
        let meter = spent[format!("usd_{bound}")].as_f64().unwrap();
        let (low, high) = x.billed();
        let billed = if bound == "low" { low } else { high };
        assert!(meter <= cap + 1e-9, "{bound}: {meter} of {cap}");
        assert!(billed <= cap + 1e-9, "{bound}: X bills {billed}, and may {cap}");
        assert!(billed > cap / 3.0, "{bound}: {billed} of {cap} is little use of it");
    }
}
