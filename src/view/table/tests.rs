//! A table is one map, wherever its rows lie.

use std::cell::RefCell;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Rows on a disk in memory.
#[derive(Default)]
struct Shelf(RefCell<BTreeMap<Vec<u8>, Vec<u8>>>);

impl Disk for Shelf {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(self.0.borrow().get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], each: &mut Each) -> Result<(), ViewError> {
        for (key, value) in self.0.borrow().range(from.to_vec()..to.to_vec()) {
            if !each(key, value)? {
                break;
            }
        }
        Ok(())
    }
}

impl Shelf {
    /// Writes what changed, as a projector does.
    fn flush(&self, table: &mut Table<i64, u64>) {
        let mut rows = Dirty::new();
        table.dirty(&mut rows);
        for (key, value) in rows {
            match value {
                Some(value) => self.0.borrow_mut().insert(key, value),
                None => self.0.borrow_mut().remove(&key),
            };
        }
        table.settled();
    }
}

/// What is done to a table.
#[derive(Clone, Debug)]
enum Deed {
    Put(i64, u64),
    Add(i64, u64),
    Remove(i64),
    Flush,
}

fn deed() -> impl Strategy<Value = Deed> {
    let key = || -6..6_i64;
    prop_oneof![
        3 => (key(), 0..9_u64).prop_map(|(key, row)| Deed::Put(key, row)),
        3 => (key(), 0..9_u64).prop_map(|(key, row)| Deed::Add(key, row)),
        2 => key().prop_map(Deed::Remove),
        2 => Just(Deed::Flush),
    ]
}

fn scanned(
    table: &Table<i64, u64>,
    shelf: &Shelf,
    span: (i64, Option<i64>),
    most: usize,
) -> Vec<(i64, u64)> {
    let mut found = Vec::new();
    let done = table.scan(shelf, span.0, span.1, |key, row| {
        found.push((key, *row));
        Ok(found.len() < most)
    });
    done.unwrap();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_in_memory_and_on_disk_are_one_map(
        deeds in vec(deed(), 0..60),
        span in (-7..7_i64, proptest::option::of(-7..7_i64)),
        most in 1..14_usize,
    ) {
        let (mut table, shelf) = (Table::<i64, u64>::new(b'a'), Shelf::default());
        // A neighbour in the same file, which no scan may touch.
        let mut other = Table::<i64, u64>::new(b'b');
        other.put(0, 99);
        shelf.flush(&mut other);
        let mut model = BTreeMap::new();
        for deed in deeds {
            match deed {
                Deed::Put(key, row) => {
                    table.put(key, row);
                    model.insert(key, row);
                }
                Deed::Add(key, more) => {
                    *table.edit(&shelf, key, || 100).unwrap() += more;
                    *model.entry(key).or_insert(100) += more;
                }
                Deed::Remove(key) => {
                    table.remove(key);
                    model.remove(&key);
                }
                Deed::Flush => shelf.flush(&mut table),
            }
            for key in -6..6 {
                prop_assert_eq!(table.get(&shelf, &key).unwrap(), model.get(&key).copied());
            }
            let wanted: Vec<(i64, u64)> = model
                .iter()
                .filter(|(key, _)| **key >= span.0 && span.1.is_none_or(|to| **key < to))
                .map(|(key, row)| (*key, *row))
                .take(most)
                .collect();
            let sound = span.1.is_none_or(|to| span.0 <= to);
            if sound {
                prop_assert_eq!(scanned(&table, &shelf, span, most), wanted);
            }
        }
    }

    #[test]
    fn keys_sort_as_bytes_as_they_do_as_values(a in any::<(i64, u64)>(), b in any::<(i64, u64)>()) {
        let bytes = |key: &(i64, u64)| {
            let mut bytes = Vec::new();
            key.write(&mut bytes);
            bytes
        };
        prop_assert_eq!(a.cmp(&b), bytes(&a).cmp(&bytes(&b)));
        let written = bytes(&a);
        prop_assert_eq!(<(i64, u64)>::read(&written), Some((a, [].as_slice())));
    }
}

#[test]
fn rows_leave_memory_once_nobody_touched_them_for_two_flushes() {
    let (mut table, shelf) = (Table::<i64, u64>::new(b'a'), Shelf::default());
    table.put(1, 1);
    table.put(2, 2);
    shelf.flush(&mut table);
    assert_eq!(table.rows.len(), 2, "what is warm stays");
    table.put(1, 3);
    shelf.flush(&mut table);
    assert_eq!(table.rows.keys().collect::<Vec<_>>(), [&1]);
    shelf.flush(&mut table);
    assert!(table.rows.is_empty());
    assert_eq!(scanned(&table, &shelf, (0, None), 9), [(1, 3), (2, 2)]);
}

#[test]
fn a_damaged_row_is_an_error_and_not_another_row() {
    let (mut table, shelf) = (Table::<i64, u64>::new(b'a'), Shelf::default());
    table.put(1, 300);
    shelf.flush(&mut table);
    let table = Table::<i64, u64>::new(b'a');
    let key = shelf.0.borrow().keys().next().unwrap().clone();
    let sound = shelf.0.borrow()[&key].clone();
    for bit in 0..sound.len() * 8 {
        let mut damaged = sound.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        shelf.0.borrow_mut().insert(key.clone(), damaged);
        assert!(matches!(table.get(&shelf, &1), Err(ViewError::Damaged(_))), "bit {bit}");
    }
}
