//! Pictures: held as snapshots, and harmless whatever a title says.

use super::*;

/// 2026-11-23T18:42:30Z.
const THEN: i64 = 1_795_459_350_000;
const MINUTE: i64 = 60_000;

/// Two hours: a ramp, a plateau with a blind stretch, a spike, and a fall; looks a minute apart.
fn evening(scale: u64) -> Vec<Point> {
    let count = |minute: i64| {
        let minute = minute.unsigned_abs();
        scale
            * match minute {
                0..30 => 40 + minute * 38,
                30..100 => 1_180 + minute % 7 * 9 + minute % 3 * 4 + (minute - 30) / 8,
                _ => 1_180 - (minute - 100) * 36,
            }
    };
    let seen = (0..120).filter(|minute| !(47..58).contains(minute));
    let mut points: Vec<Point> =
        seen.map(|minute| (THEN + minute * MINUTE, Some(count(minute)))).collect();
    points.insert(47, (THEN + 48 * MINUTE, None));
    points.push((THEN + 120 * MINUTE, None));
    points
}

fn curve(name: &str, scale: u64) -> Curve {
    let points = evening(scale);
    let peak = points.iter().filter_map(|(at, count)| Some((*at, (*count)?)));
    Curve {
        name: Words { text: name.to_owned(), plain: "1evening".to_owned() },
        peak: peak.rev().max_by_key(|(_, count)| *count),
        points,
        doubted: Vec::new(),
        start: THEN - 3 * MINUTE,
    }
}

fn one() -> Picture {
    let mut curve = curve("Voices of the coast", 10);
    curve.doubted.push((THEN + 70 * MINUTE, 12_190));
    Picture {
        title: curve.name.clone(),
        source: vec![
            "Source: spacelog · peak 12,480 at 20:05:30Z (every 60 s, coverage 90.8 %, 1 gap, \
                      end reported at 20:42:30Z) · ○ doubted"
                .to_owned(),
        ],
        curves: vec![curve],
        zone: "Europe/Berlin".parse().unwrap(),
        ..Picture::default()
    }
}

fn several() -> Picture {
    let mut late = curve("After the coast", 6);
    late.points.iter_mut().for_each(|(at, _)| *at += 200 * MINUTE);
    late.start += 200 * MINUTE;
    late.peak = late.peak.map(|(at, count)| (at + 200 * MINUTE, count));
    Picture {
        title: Words { text: "Two evenings".to_owned(), plain: "Two evenings".to_owned() },
        source: vec![
            "1evening: coverage 90.8 %, 1 gap".to_owned(),
            "1after: coverage 90.8 %, 1 gap".to_owned(),
        ],
        curves: vec![curve("Voices of the coast", 10), late],
        simulated: true,
        ..Picture::default()
    }
}

fn pin(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_picture_of_one_curve_has_title_axes_gap_peak_and_source() {
    let text = svg(&one());
    pin("chart_svg", &text);
    for needle in [
        "Voices of the coast",
        "Europe/Berlin (UTC+01:00)",
        "20:00",
        "not seen",
        "peak 12,480 at",
        "23 Nov 2026",
        "coverage 90.8 %",
        "12,000",
    ] {
        assert!(text.contains(needle), "{needle}");
    }
}

#[test]
fn several_curves_stand_on_one_axis_or_begin_together() {
    pin("chart_svg_several", &svg(&several()));
    let aligned = svg(&Picture { align: Align::Start, theme: Theme::Dark, ..several() });
    pin("chart_svg_aligned", &aligned);
    assert!(aligned.contains("since the start") && aligned.contains("SIMULATED"));
}

#[test]
fn an_empty_picture_and_one_without_counts_are_still_pictures() {
    for picture in [
        Picture::default(),
        Picture { curves: vec![Curve::default()], ..Picture::default() },
        Picture {
            curves: vec![Curve { points: vec![(THEN, None), (THEN, Some(0))], ..Curve::default() }],
            ..Picture::default()
        },
        Picture {
            curves: vec![Curve {
                points: vec![(i64::MIN, Some(u64::MAX)), (i64::MAX, None)],
                peak: Some((i64::MIN, u64::MAX)),
                start: i64::MIN,
                ..Curve::default()
            }],
            align: Align::Start,
            ..Picture::default()
        },
    ] {
        assert!(svg(&picture).ends_with("</svg>\n"));
        assert!(!png(&picture).unwrap().bytes.is_empty());
    }
}

#[test]
fn a_hostile_title_is_words_and_nothing_else() {
    let hostile = format!(
        "</text><script>alert(1)</script>&\u{202e}\u{1b}[31m\"'\u{0}\u{ffff}]]>a{}",
        "\u{301}".repeat(2_048)
    );
    let mut picture = one();
    picture.title.text.clone_from(&hostile);
    picture.curves.push(Curve { name: picture.title.clone(), ..curve("x", 1) });
    picture.source.push(hostile);
    let text = svg(&picture);
    assert!(!text.contains("<script"), "{text}");
    assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{0}', '\u{ffff}']));
    assert!(text.matches('\u{301}').count() < 20, "no towers of marks");
    assert_eq!(text.matches("</text>").count(), text.matches("<text ").count());
    assert!(!png(&picture).unwrap().bytes.is_empty());
}

#[test]
fn a_png_is_the_same_everywhere_and_says_when_it_could_not_write_a_title() {
    let drawn = png(&one()).unwrap();
    assert!(drawn.bytes.starts_with(b"\x89PNG") && !drawn.is_plain);
    assert_eq!(png(&one()).unwrap().bytes, drawn.bytes);
    let mut picture = one();
    picture.title.text = "夜の雑談".to_owned();
    assert!(svg(&picture).contains("夜の雑談"));
    let plain = png(&picture).unwrap();
    assert!(plain.is_plain);
    picture.title.text.clone_from(&picture.title.plain);
    assert_eq!(plain.bytes, png(&picture).unwrap().bytes);
}

#[test]
fn a_png_shows_the_peak_the_gap_and_what_is_doubted_in_light_and_in_dark() {
    let bytes = |change: &dyn Fn(&mut Picture)| {
        let mut picture = one();
        change(&mut picture);
        png(&picture).unwrap().bytes
    };
    let whole = bytes(&|_| {});
    assert_ne!(bytes(&|it| it.curves[0].peak = None), whole, "the peak is marked");
    assert_ne!(bytes(&|it| it.curves[0].doubted.clear()), whole, "what is doubted is marked");
    let filled = bytes(&|it| it.curves[0].points.retain(|(_, count)| count.is_some()));
    assert_ne!(filled, whole, "a gap is a gap");
    assert_ne!(bytes(&|it| it.theme = Theme::Dark), whole, "dark is not light");
    assert_ne!(bytes(&|it| it.zone = "UTC".parse().unwrap()), whole, "the zone is that asked for");
}

#[test]
fn words_and_paper_are_told_apart_in_both_themes() {
    for theme in [Theme::Light, Theme::Dark] {
        for tone in [marks::Tone::Ink, marks::Tone::Muted, marks::Tone::Doubt] {
            let contrast = contrast(tone.colour(theme), marks::Tone::Paper.colour(theme));
            assert!(contrast >= 4.5, "{tone:?} {theme:?}: {contrast}");
        }
        for place in 0..4 {
            let colour = marks::Tone::Curve(place).colour(theme);
            assert!(contrast(colour, marks::Tone::Paper.colour(theme)) >= 3.0, "{place} {theme:?}");
        }
    }
}

/// The contrast of two colours, as WCAG 2 has it.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let light = |[red, green, blue]: [u8; 3]| {
        0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    };
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn pictures_are_shown_to_whoever_asks_for_them() {
    let Ok(folder) = std::env::var("CHART_PICTURES") else { return };
    for (name, picture) in [
        ("one", one()),
        ("dark", Picture { theme: Theme::Dark, ..one() }),
        ("several", several()),
        ("aligned", Picture { align: Align::Start, ..several() }),
    ] {
        std::fs::write(format!("{folder}/{name}.png"), png(&picture).unwrap().bytes).unwrap();
        std::fs::write(format!("{folder}/{name}.svg"), svg(&picture)).unwrap();
    }
}
