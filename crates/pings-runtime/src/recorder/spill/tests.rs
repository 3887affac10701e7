//! Damages spill files of a few batches in many ways, and simulates power failures.

use std::fs;
use std::path::{Path, PathBuf};
use uuid::Uuid;

use tempfile::TempDir;

use super::{Spill, disk};
use crate::event_log::UserId;
use crate::event_log::row::Row;

const BATCHES: i64 = 4;

/// Creates a folder in memory if possible, because each damaged file is flushed to the disk.
fn in_memory() -> TempDir {
    TempDir::new_in("/dev/shm")
        .or_else(|_| TempDir::new())
        .unwrap()
}

fn row(number: i64, id: &str) -> Row<'_> {
    Row {
        id: (number % 3 == 0).then(|| Uuid::from_u128(number as u128)),
        name: "Opened",
        url: "",
        user_id: match number % 2 {
            0 => UserId::Number(number),
            _ => UserId::Text(id),
        },
        anonymous_user_id: "",
        source: "WEB",
        argument: r#"{"a":"batch.3 9 0 00000000 00000000\n"}"#,
        version: "1",
        timestamp: number,
    }
}

fn append(spill: &mut Spill, batch: i64) {
    let id = batch.to_string();
    let rows = [row(batch * 10, &id), row(batch * 10 + 1, &id)];
    spill.append(batch, &rows).unwrap();
}

/// Creates the file of a process that died. Returns its path and the end of each batch.
fn dead(folder: &Path) -> (PathBuf, Vec<usize>) {
    let mut spill = Spill::create(folder, "dead").unwrap();
    let mut ends = vec![0];
    for batch in 1..=BATCHES {
        append(&mut spill, batch);
        ends.push(spill.length as usize);
    }
    (spill.path.clone(), ends)
}

/// Returns the batches that can be read from the only file, and the bytes that are kept as damaged.
fn read(folder: &Path) -> (Vec<i64>, Vec<u8>) {
    let adopted = Spill::adopt(folder);
    assert_eq!(adopted.failures, Vec::<String>::new());
    let [mut spill] = <[Spill; 1]>::try_from(adopted.files).ok().unwrap();
    let mut batches = Vec::new();
    while let Some(block) = spill.next_block().unwrap() {
        let times: Vec<i64> = block.rows.iter().map(|row| row.timestamp).collect();
        assert_eq!(times, [block.batch * 10, block.batch * 10 + 1]);
        batches.push(block.batch);
        spill.written(&block);
    }
    let damage = spill.clear().unwrap();
    let kept = spill.path.with_extension("damaged");
    assert_eq!(damage.is_some(), kept.exists());
    let bytes = fs::read(&kept).unwrap_or_default();
    let _ = fs::remove_file(kept);
    spill.remove().unwrap();
    (batches, bytes)
}

#[test]
fn a_flipped_bit_costs_only_its_batch() {
    let folder = in_memory();
    let (path, ends) = dead(folder.path());
    let whole = fs::read(&path).unwrap();
    for place in 0..whole.len() {
        let touched = ends.iter().position(|end| place < *end).unwrap();
        let others: Vec<i64> = (1..=BATCHES).filter(|it| *it != touched as i64).collect();
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[place] ^= 1 << bit;
            fs::write(&path, &damaged).unwrap();
            let (batches, kept) = read(folder.path());
            assert_eq!(batches, others, "bit {bit} of byte {place}");
            assert_eq!(kept, damaged[ends[touched - 1]..ends[touched]]);
        }
    }
}

#[test]
fn a_file_that_is_cut_off_keeps_the_whole_batches_before() {
    let folder = in_memory();
    let (path, ends) = dead(folder.path());
    let whole = fs::read(&path).unwrap();
    for length in 0..=whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let (batches, kept) = read(folder.path());
        let complete = ends.iter().filter(|end| **end <= length).count() - 1;
        assert_eq!(batches, (1..=complete as i64).collect::<Vec<_>>());
        assert_eq!(kept, whole[ends[complete]..length]);
    }
}

#[test]
fn pieces_that_are_lost_or_doubled_cost_only_their_batches() {
    let folder = in_memory();
    let (path, ends) = dead(folder.path());
    let whole = fs::read(&path).unwrap();
    for place in ends[1]..ends[2] {
        let hole = [&whole[..place], &whole[place + 1..]].concat();
        fs::write(&path, hole).unwrap();
        assert_eq!(read(folder.path()).0, [1, 3, 4], "byte {place} is missing");
        let zeros = [
            &whole[..place],
            &vec![0; ends[2] - place][..],
            &whole[ends[2]..],
        ]
        .concat();
        fs::write(&path, zeros).unwrap();
        assert_eq!(read(folder.path()).0, [1, 3, 4], "zeros from {place} on");
    }
    let noise: Vec<u8> = (0..100_000_u32)
        .map(|it| (it.wrapping_mul(it) >> 7) as u8)
        .collect();
    fs::write(&path, [&noise[..], b"\n", &whole, &noise].concat()).unwrap();
    assert_eq!(read(folder.path()).0, [1, 2, 3, 4]);
}

#[test]
fn files_of_earlier_formats_are_read() {
    let folder = in_memory();
    let lines: [(&str, &str); 2] = [("batch", "7"), ("batch.2", "\"a\"")];
    let blocks = lines.map(|(word, id)| {
        let line = |time: i64| {
            format!(
                r#"{{"name":"A","url":"","user_id":{id},"anonymous_user_id":"","source":"WEB","argument":"{{}}","version":"1","timestamp":{time}}}"#
            )
        };
        let lines = format!("{}\n{}\n", line(10), line(11));
        let checksum = crc32fast::hash(lines.as_bytes());
        format!("{word} 1 {} {checksum:08x}\n{lines}", lines.len())
    });
    let path = folder.path().join("old.spill");
    fs::write(&path, blocks.concat()).unwrap();
    assert_eq!(read(folder.path()).0, [1, 1]);
    // A damaged batch of an earlier format does not affect other batches either.
    fs::write(
        &path,
        format!("{}{}", blocks[0].replace("WEB", "WEC"), blocks[1]),
    )
    .unwrap();
    assert_eq!(read(folder.path()).0, [1]);
}

#[test]
fn a_batch_that_cannot_be_read_costs_only_itself() {
    let folder = in_memory();
    let (path, ends) = dead(folder.path());
    let whole = fs::read(&path).unwrap();
    for lines in [
        "{\"name\":\n",
        "[1]\n",
        "{\"name\":\"A\"}\n",
        "\u{feff}{}\n",
    ] {
        let checksum = crc32fast::hash(lines.as_bytes());
        let unreadable = format!("batch.2 9 {} {checksum:08x}\n{lines}", lines.len());
        let between = [&whole[..ends[2]], unreadable.as_bytes(), &whole[ends[2]..]];
        fs::write(&path, between.concat()).unwrap();
        let (batches, kept) = read(folder.path());
        assert_eq!(batches, [1, 2, 3, 4], "{lines}");
        assert_eq!(kept, unreadable.as_bytes(), "{lines}");
    }
}

#[test]
fn what_was_acknowledged_survives_a_loss_of_power() {
    let parent = in_memory();
    let folder = parent.path().join("a/spill");
    let mut spill = Spill::create(&folder, "dead").unwrap();
    for batch in 1..=BATCHES {
        append(&mut spill, batch);
        let after = in_memory();
        disk::survivors(&folder, after.path());
        let expected: Vec<i64> = (1..=batch).collect();
        assert_eq!(read(after.path()).0, expected);
    }
    let refused = [(row(1, "a"), "no"), (row(2, "b"), "no")];
    Spill::reject(&folder, "dead", refused).unwrap();
    let after = in_memory();
    disk::survivors(&folder, after.path());
    let rejected = fs::read_to_string(after.path().join("rejected.ndjson")).unwrap();
    assert_eq!(rejected.lines().count(), 2);
}

#[test]
fn a_file_that_cannot_be_opened_is_reported_and_hides_no_other() {
    let folder = in_memory();
    drop(dead(folder.path()));
    fs::create_dir(folder.path().join("a.spill")).unwrap();
    let adopted = Spill::adopt(folder.path());
    assert_eq!(adopted.files.len(), 1);
    let [failure] = <[String; 1]>::try_from(adopted.failures).unwrap();
    assert!(failure.contains("a.spill"), "{failure}");
    let locked = Spill::adopt(folder.path());
    assert!(locked.files.is_empty() && locked.failures.len() == 1);
}

#[test]
fn refused_events_are_kept_where_their_file_cannot_be_written() {
    let folder = in_memory();
    let shared = folder.path().join("rejected.ndjson");
    // An interrupted attempt left an incomplete line.
    fs::write(&shared, "{\"name\":\"hal").unwrap();
    Spill::reject(folder.path(), "r", [(row(1, "a"), "no")]).unwrap();
    let text = fs::read_to_string(&shared).unwrap();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(
        (last["timestamp"].as_i64(), last["reason"].as_str()),
        (Some(1), Some("no"))
    );
    fs::remove_file(&shared).unwrap();
    fs::create_dir(&shared).unwrap();
    Spill::reject(folder.path(), "r", [(row(2, "a"), "no")]).unwrap();
    let own = fs::read_to_string(folder.path().join("r.rejected.ndjson")).unwrap();
    assert!(own.contains("\"timestamp\":2"), "{own}");
}
