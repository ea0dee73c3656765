//! A file that is written beside its name and renamed at the end: whole, or not there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// How many names beside a file are tried, should others of ours be in use or left over.
const NAMES_MAX: u32 = 16;

/// Writes a file through `write` and gives it its name once all of it is on the disk.
///
/// After success the file is complete, after a failure (or a crash) the old one stands, if there
/// was one. What is not a regular file (a pipe, `/dev/null`) is written to as it is.
///
/// # Errors
/// What `write` gives, or the failure to make, sync or rename the file.
pub fn write_beside<T, E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    if is_special(path) {
        let mut out = BufWriter::new(OpenOptions::new().write(true).open(path)?);
        let written = write(&mut out)?;
        out.flush()?;
        return Ok(written);
    }
    make_beside(path, |beside| {
        let mut out = BufWriter::new(OpenOptions::new().write(true).open(beside)?);
        let written = write(&mut out)?;
        out.flush()?;
        Ok(written)
    })
}

/// Lets `fill` write to an empty file under another name in the same folder, and gives it the name
/// `path` once all of it is on the disk; otherwise as [`write_beside`].
///
/// # Errors
/// What `fill` gives, or the failure to make, sync or rename the file.
pub fn make_beside<T, E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&Path) -> Result<T, E>,
) -> Result<T, E> {
    // A link keeps its place; what it points at is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let beside = take_name(folder)?;
    let made = fill(&beside).and_then(|made| {
        // Who may read the file was somebody's choice; only its content is ours.
        if let Ok(old) = fs::metadata(&path) {
            fs::set_permissions(&beside, old.permissions())?;
        }
        File::open(&beside)?.sync_all()?;
        fs::rename(&beside, &path)?;
        Ok(made)
    });
    match made {
        Ok(made) => {
            // The name is part of the folder: without this a power loss could bring the old back.
            File::open(folder)?.sync_all()?;
            Ok(made)
        }
        Err(failure) => match fs::remove_file(&beside) {
            // What broke the writing may break the removing too; the first failure is the one
            // to tell.
            Ok(()) | Err(_) => Err(failure),
        },
    }
}

fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Makes an empty file of a free name; nobody else's file is opened, nor a link followed.
fn take_name(folder: &Path) -> io::Result<PathBuf> {
    let process = std::process::id();
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..NAMES_MAX {
        let beside = folder.join(format!(".spacelog-{process}-{number}.part"));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(_) => return Ok(beside),
            Err(failure) if failure.kind() == io::ErrorKind::AlreadyExists => taken = failure,
            Err(failure) => return Err(failure),
        }
    }
    Err(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_written_file_replaces_the_old_one_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let given = write_beside(&path, |out| {
            assert_eq!(fs::read_to_string(&path)?, "old");
            out.write_all(b"new")?;
            Ok::<_, io::Error>(7)
        });
        assert_eq!(given.unwrap(), 7);
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["out.csv"]);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let failed: io::Result<()> = write_beside(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["out.csv"]);
    }

    #[test]
    fn a_folder_is_never_replaced_and_a_missing_one_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        fs::create_dir(&taken).unwrap();
        assert!(write_beside(&taken, |_| Ok::<_, io::Error>(())).is_err());
        assert_eq!(names(folder.path()), ["taken"]);
        let missing = folder.path().join("no").join("out");
        let failed = write_beside(&missing, |_| Ok::<_, io::Error>(()));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn two_files_can_be_written_at_once_and_the_names_end() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..NAMES_MAX {
            take_name(folder.path()).unwrap();
        }
        let full = take_name(folder.path()).unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::AlreadyExists);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_target_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write_beside(&link, |out| out.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
    }

    #[cfg(unix)]
    #[test]
    fn who_may_read_a_file_stays_as_it_was() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("private");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        write_beside(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_never_replaced() {
        write_beside(Path::new("/dev/null"), |out| out.write_all(b"gone")).unwrap();
        assert!(is_special(Path::new("/dev/null")));
    }
}
