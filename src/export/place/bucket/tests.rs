//! Buckets in memory: parts, places, and two at once.

use std::io::Write as _;

use object_store::memory::InMemory;

use super::*;

/// A store that several buckets' values share, as processes do.
#[derive(Clone)]
struct Shared(Arc<InMemory>);

impl Shared {
    fn new() -> Self {
        Self(Arc::new(InMemory::new()))
    }

    fn bucket(&self) -> Bucket {
        let store = Box::new(self.0.clone());
        let wire = Wire::new(store, ("tables", "of/mine"), Access::default()).unwrap();
        Bucket::of(wire, 10)
    }
}

fn make(bucket: &Bucket, path: &str, bytes: &[u8]) {
    let mut draft = bucket.make(path).unwrap();
    draft.write_all(bytes).unwrap();
    draft.done().unwrap();
}

#[test]
fn a_file_of_many_parts_is_there_whole_once_it_has_its_place() {
    let shared = Shared::new();
    let bytes: Vec<u8> = (0..=250).collect();
    let mut bucket = shared.bucket();
    for (path, bytes) in [("t/long", &bytes[..]), ("t/even", &bytes[..20]), ("t/short", b"1")] {
        make(&bucket, path, bytes);
        assert_eq!(bucket.read(path).unwrap(), None, "before it has its place");
        bucket.place(path).unwrap();
        assert_eq!(bucket.read(path).unwrap().unwrap(), bytes);
    }
    let other = shared.bucket();
    assert_eq!(other.list("t").unwrap(), ["t/even", "t/long", "t/short"]);
    assert_eq!(other.length("t/long").unwrap(), Some(251));
    assert_eq!(other.length("t/none").unwrap(), None);
    let hash = blake3::hash(&bytes).to_hex().to_string();
    assert_eq!(other.hash("t/long").unwrap(), Some(hash));
    assert!(other.is_taken().unwrap() && !Shared::new().bucket().is_taken().unwrap());
}

#[test]
fn what_has_no_place_yet_is_gone_with_the_bucket_and_what_stood_there_stands() {
    let shared = Shared::new();
    let mut bucket = shared.bucket();
    make(&bucket, "one", b"old");
    bucket.place("one").unwrap();
    make(&bucket, "one", b"new and much longer");
    let mut half = bucket.make("half").unwrap();
    half.write_all(&[7; 25]).unwrap();
    drop(half);
    drop(bucket);
    let bucket = shared.bucket();
    assert_eq!(bucket.read("one").unwrap().unwrap(), b"old");
    assert_eq!(bucket.read("half").unwrap(), None);
}

#[test]
fn of_two_at_once_one_comes_too_late() {
    let shared = Shared::new();
    let (mut one, mut two) = (shared.bucket(), shared.bucket());
    one.put("_spacelog/1.json", b"one").unwrap();
    let late = two.put("_spacelog/1.json", b"two").unwrap_err();
    assert!(matches!(late, PlaceError::Bucket { source: Trouble::Meanwhile, .. }), "{late:?}");
    // Whoever read it since goes on from it; whoever wrote it may write it again.
    assert_eq!(two.read("_spacelog/1.json").unwrap().unwrap(), b"one");
    one.put("_spacelog/1.json", b"once more").unwrap();
    two.put("_spacelog/1.json", b"two").unwrap_err();
    assert_eq!(two.read("_spacelog/1.json").unwrap().unwrap(), b"once more");
    two.put("_spacelog/1.json", b"two").unwrap();
}

#[test]
fn an_address_names_a_bucket_and_perhaps_a_prefix() {
    assert_eq!(address("s3://b"), Some(("b", "")));
    assert_eq!(address("s3://b/"), Some(("b", "")));
    assert_eq!(address("s3://my-b.x/a/b=1/"), Some(("my-b.x", "a/b=1")));
    for wrong in ["s3://", "s3:///a", "s3://b/a//c", "s3://b/../c", "s3://b?x/a", "s3://u@b/a"] {
        assert_eq!(address(wrong), None, "{wrong}");
    }
}
