//! What `status` says of the disk.

use super::*;

const DAY: i64 = 24 * 60;

fn disk(house: &House, minute: i64) -> [Value; 3] {
    let sheet = house.sheet(minute, &Question::Status);
    ["disk_bytes_per_day", "disk_free_bytes", "disk_full_on"]
        .map(|key| column(&sheet, key).remove(0))
}

#[test]
fn the_disk_is_forecast_from_what_the_last_seven_days_brought() {
    let mut house = House::new();
    let free = Value::Int(20_000);
    assert_eq!(disk(&house, 0), [Value::Unknown, free.clone(), Value::Unknown]);
    house.look(0, 1, "live", Some(1)).look(30, 1, "live", Some(1));
    assert_eq!(disk(&house, 30), [Value::Unknown, free.clone(), Value::Unknown], "half an hour");
    // Twenty looks of two events each in two days; four of the forty-four events before them.
    for number in 1..=20 {
        house.look(20 * DAY + number * DAY / 10, 1, "live", Some(1));
    }
    // 40 of 44 events in the last seven days: 140,000 · 40 / 44 / 7 bytes a day.
    let full_on = Value::from("1970-01-24");
    assert_eq!(disk(&house, 22 * DAY), [Value::Int(18_181), free, full_on]);
}

#[test]
fn a_log_of_less_than_a_week_is_taken_as_a_whole() {
    let mut house = House::new();
    house.look(0, 1, "live", Some(1)).look(DAY, 1, "live", Some(1)).look(2 * DAY, 1, "live", None);
    assert_eq!(disk(&house, 2 * DAY)[0], Value::Int(70_000));
    assert_eq!(disk(&house, 2 * DAY)[2], Value::from("1970-01-03"));
}
