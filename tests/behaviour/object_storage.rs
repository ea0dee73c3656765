//! Exports into a bucket: the same bytes as in a folder, and what is said where it does not open.

#[cfg(feature = "s3")]
mod moto;

#[cfg(not(feature = "s3"))]
#[test]
fn a_program_that_was_built_without_buckets_says_how_to_build_one_that_has_them() {
    let folder = super::tables::two_days();
    let output = folder.run(&["export", "parquet", "s3://tables/spaces"]);
    super::refusals::refused(&output, 2, &["s3://tables/spaces", "built without", "--features s3"]);
}

#[cfg(feature = "s3")]
mod with {
    use std::time::Duration;

    use super::super::broken_off::grow;
    use super::super::program::{Folder, Output, PROGRAM, Running, until};
    use super::super::refusals::refused;
    use super::super::secrets::clean_of;
    use super::super::tables::{files, look, two_days};
    use super::super::x::{X, space};
    use super::moto::{KEY, KEY_ID, Moto};

    /// Exports to an address with these settings beside the key.
    fn export_with(folder: &Folder, to: &str, settings: &[(&str, &str)]) -> Output {
        let data = folder.data();
        let args = ["export", "parquet", to, "--data", data.to_str().unwrap()];
        let mut command = folder.command(PROGRAM, &args);
        command.envs([("AWS_ACCESS_KEY_ID", KEY_ID), ("AWS_SECRET_ACCESS_KEY", KEY)]);
        command.envs(settings.iter().copied());
        let output = Running::of(command).end();
        for secret in [KEY_ID, KEY] {
            clean_of(secret, folder, std::slice::from_ref(&output));
        }
        output
    }

    fn export(folder: &Folder, moto: &Moto, to: &str) -> Output {
        let url = moto.url();
        export_with(folder, to, &[("AWS_ENDPOINT_URL", &url), ("AWS_ALLOW_HTTP", "true")])
    }

    #[test]
    fn a_bucket_gets_the_bytes_of_a_folder_and_a_new_day_leaves_the_old_objects_as_they_are() {
        let Some(moto) = Moto::start(&[]) else { return };
        moto.make("tables");
        let folder = two_days();
        let to = folder.home().join("out");
        let both = || {
            folder.well(&["export", "parquet", to.to_str().unwrap()]);
            let output = export(&folder, &moto, "s3://tables/of/mine/");
            assert_eq!(output.code, Some(0), "{output:#?}");
            let bytes: std::collections::BTreeMap<_, _> = moto.objects("tables", "of/mine/");
            assert_eq!(bytes.keys().collect::<Vec<_>>(), files(&to).keys().collect::<Vec<_>>());
            assert!(bytes == files(&to), "the bytes differ");
            output.out
        };
        both();
        let days = |old: bool| {
            let mut listed = moto.listed("tables", "of/mine/observations/");
            listed.retain(|path, _| path.contains("date=2026-11-25") != old);
            listed
        };
        let before = days(true);
        assert_eq!((before.len(), days(false).len()), (2, 0));
        // S3 tells times in seconds: an object written again would have another one.
        std::thread::sleep(Duration::from_millis(1_100));
        look(&folder, &["2026-11-25T10:00:00Z"]);
        both();
        assert_eq!((days(true), days(false).len()), (before, 1));
        assert_eq!(moto.uploads("tables"), 0, "nothing is left half done");
    }

    #[test]
    fn other_data_and_objects_that_somebody_changed_are_left_alone_in_a_bucket_too() {
        let Some(moto) = Moto::start(&[]) else { return };
        moto.make("tables");
        let folder = two_days();
        moto.put("tables", "letters/letter", "mine");
        refused(&export(&folder, &moto, "s3://tables/letters"), 2, &["holds other data"]);
        assert_eq!(export(&folder, &moto, "s3://tables/out").code, Some(0));
        let before = moto.listed("tables", "");
        let spaces = before.keys().find(|path| path.starts_with("out/spaces/")).unwrap();
        moto.put("tables", spaces, "mine");
        let before = moto.listed("tables", "");
        let output = export(&folder, &moto, "s3://tables/out");
        refused(&output, 2, &[&format!("s3://tables/{spaces}"), "changed it"]);
        assert_eq!(moto.listed("tables", ""), before);
        assert_eq!(moto.uploads("tables"), 0, "nothing is left half done");
    }

    #[test]
    fn an_export_into_a_bucket_that_a_signal_breaks_off_leaves_nothing_there() {
        let Some(moto) = Moto::start(&[]) else { return };
        moto.make("tables");
        let folder = two_days();
        grow(&folder);
        let (data, url) = (folder.data(), moto.url());
        let args = ["export", "parquet", "s3://tables/out", "--data", data.to_str().unwrap()];
        let mut command = folder.command(PROGRAM, &args);
        command.envs([("AWS_ACCESS_KEY_ID", KEY_ID), ("AWS_SECRET_ACCESS_KEY", KEY)]);
        command.envs([("AWS_ENDPOINT_URL", url.as_str()), ("AWS_ALLOW_HTTP", "true")]);
        let running = Running::of(command);
        until("it to begin", || (moto.uploads("tables") > 0).then_some(()));
        running.signal("INT");
        let output = running.end();
        assert_eq!(output.code, Some(130), "{output:#?}");
        assert_eq!(moto.listed("tables", "").len() + moto.uploads("tables"), 0);
        assert_eq!(export(&folder, &moto, "s3://tables/out").code, Some(0));
    }

    #[test]
    fn a_monitor_writes_into_the_bucket_of_whoever_asks_it() {
        let Some(moto) = Moto::start(&[]) else { return };
        moto.make("tables");
        let (folder, x) = (Folder::new(), X::new());
        x.put(space("1asked", "live", Some(8)));
        let run = ["run", "--api-url", &x.url(), "--space", "1asked", "--interval", "1s"];
        let monitor = folder.start(&run);
        until("some looks", || (x.told("1asked").len() > 2).then_some(()));
        let output = export(&folder, &moto, "s3://tables");
        assert_eq!(output.code, Some(0), "{output:#?}");
        let ended = monitor.stop();
        clean_of(KEY, &folder, &[ended]);
        assert!(moto.objects("tables", "").contains_key("README.md"));
    }

    #[test]
    fn a_bucket_that_does_not_open_is_told_with_what_to_look_at_and_without_the_key() {
        let Some(moto) = Moto::start(&[("INITIAL_NO_AUTH_ACTION_COUNT", "1")]) else { return };
        let folder = two_days();
        let url = moto.url();
        let at = |url: &str| {
            let settings = [("AWS_ENDPOINT_URL", url), ("AWS_ALLOW_HTTP", "true")];
            export_with(&folder, "s3://tables/out", &settings)
        };
        moto.make("tables");
        refused(&at(&url), 3, &["s3://tables/out", "denied (InvalidAccessKeyId)", "AWS_ACCESS"]);
        refused(&at("http://127.0.0.1:9"), 5, &["no answer", "refused", "AWS_ENDPOINT_URL"]);
        refused(&at("127.0.0.1:9"), 2, &["not of http or https"]);
        let plain = export_with(&folder, "s3://tables/out", &[("AWS_ENDPOINT_URL", &url)]);
        refused(&plain, 2, &["AWS_ALLOW_HTTP"]);
        refused(&export_with(&folder, "s3:///out", &[]), 2, &["s3://BUCKET/PREFIX"]);
        let keyless = folder.run(&["export", "parquet", "s3://tables/out"]);
        refused(&keyless, 3, &["`AWS_ACCESS_KEY_ID` is not set"]);
        let Some(open) = Moto::start(&[]) else { return };
        refused(
            &export(&folder, &open, "s3://nowhere/out"),
            2,
            &["no such bucket", "AWS_ENDPOINT_URL"],
        );
    }
}
