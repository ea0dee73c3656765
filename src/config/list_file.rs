//! A file of a list: one thing a line; empty lines, and lines that begin with `#`, say nothing.

use std::fs;
use std::path::Path;

/// A list takes no more room than this.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Reads each line of a file.
///
/// # Errors
/// When it cannot be read, or at the first line that is wrong, in words for whoever wrote it.
pub(super) fn read<T>(
    path: &Path,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let unreadable = |error: std::io::Error| format!("cannot read `{}`: {error}", path.display());
    if fs::metadata(path).map_err(unreadable)?.len() > BYTES_MAX {
        return Err(format!("`{}` is larger than {BYTES_MAX} bytes", path.display()));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let lines = (1..).zip(text.lines().map(str::trim));
    let told = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    told.map(|(number, line)| {
        parse(line).map_err(|why| format!("`{}` line {number}: {why}", path.display()))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_one_thing_and_a_wrong_one_is_named_with_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        fs::write(&path, "# hosts\n 12 \n\n7\n").unwrap();
        let number = |text: &str| text.parse::<u64>().map_err(|error| error.to_string());
        assert_eq!(read(&path, number), Ok(vec![12, 7]));
        fs::write(&path, "12\n\nseven\n").unwrap();
        let why = read(&path, number).unwrap_err();
        assert!(why.contains("line 3: invalid digit"), "{why}");
        assert!(read(&folder.path().join("none"), number).unwrap_err().contains("cannot read"));
    }
}
