//! Copying kept bodies: of each file what is whole, also of the one that is being written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::serve::Refusal;
use crate::store::{Making, StoreError};

use super::reports::{Reports, store_refused};

/// Bytes read at a time.
const READ_BYTES: u64 = 1024 * 1024;

/// The largest frame: all that may wait for a disk, and one more body.
const FRAME_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Copies the files of kept bodies that `to` does not hold yet, or all of them `anew`, as far as
/// they are whole. Returns their bytes; `None` when no bodies are kept.
pub fn copy_bodies(
    from: &Path,
    to: &Path,
    anew: bool,
    making: &mut Making,
    reports: &mut Reports,
) -> Result<Option<u64>, Refusal> {
    let failed =
        |path: &Path, source| store_refused(&StoreError::Io { path: path.to_owned(), source });
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(from, error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| failed(from, error))?.path());
    }
    paths.sort();
    making.folder(to).map_err(|error| store_refused(&error))?;
    let mut bytes = 0;
    for (number, path) in paths.iter().enumerate() {
        reports.step("bodies", (number as u64, paths.len() as u64))?;
        let Some(name) = path.file_name() else { continue };
        let place = to.join(name);
        let whole = whole_bytes(path).map_err(|error| failed(path, error))?;
        bytes += whole;
        // Files of bodies only ever grow, unless something was forgotten.
        if !anew && fs::metadata(&place).is_ok_and(|held| held.len() >= whole) {
            continue;
        }
        let young = making.file(&place).map_err(|error| store_refused(&error))?;
        copy(path, &young, whole).map_err(|error| failed(&young, error))?;
        making.finish(&young, &place).map_err(|error| store_refused(&error))?;
    }
    Ok(Some(bytes))
}

fn copy(from: &Path, to: &Path, bytes: u64) -> io::Result<()> {
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(&mut File::open(from)?.take(bytes), &mut out)?;
    Ok(())
}

/// Returns how many bytes of a file are whole frames: the last one may just be written, or have
/// been cut off by a crash.
fn whole_bytes(path: &Path) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let (mut whole, mut waiting) = (0, Vec::new());
    while file.by_ref().take(READ_BYTES).read_to_end(&mut waiting)? > 0 {
        let mut place = 0;
        while let Ok(frame) = zstd::zstd_safe::find_frame_compressed_size(&waiting[place..]) {
            if frame == 0 {
                break;
            }
            place += frame;
        }
        whole += place as u64;
        waiting.drain(..place);
        if waiting.len() > FRAME_BYTES_MAX {
            break;
        }
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_up_to_the_end_of_its_last_frame() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.jsonl.zst");
        let frame = |text: &str| zstd::encode_all(text.as_bytes(), 3).unwrap();
        let two = [frame("one\n"), frame("two\n")].concat();
        for cut in [0, 1, frame("three\n").len() - 1] {
            fs::write(&path, [two.as_slice(), &frame("three\n")[..cut]].concat()).unwrap();
            assert_eq!(whole_bytes(&path).unwrap(), two.len() as u64);
        }
        fs::write(&path, "no frame at all").unwrap();
        assert_eq!(whole_bytes(&path).unwrap(), 0);
    }
}
