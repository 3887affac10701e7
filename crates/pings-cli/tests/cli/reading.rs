//! Snapshots of what an analyst reads from a store: the use of a metric, and the fleet.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::trust::{REGISTRY, TAGS, Vendor, tagged};

/// The plans of some instances, and one that never sent a payload.
const PLANS: &str = "\
instance,plan,region
00000000-0000-4000-8000-000000000001,enterprise,eu
00000000-0000-4000-8000-000000000002,enterprise,
00000000-0000-4000-8000-000000000003,free,us
00000000-0000-4000-8000-000000000004,free,us
7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f,free,us
";

#[test]
fn an_analyst_reads_the_use_of_a_metric() {
    let vendor = Vendor::new(REGISTRY, 12);
    std::fs::write(vendor.0.path().join("plans.csv"), PLANS).unwrap();
    insta::assert_snapshot!(
        "usage",
        vendor.session(&[
            "store usage NoteSaved",
            "store usage NoteSaved --by version --show p50",
            "store attributes plans.csv",
            "store usage NoteOpened --by plan --weeks 3",
            "store usage NoteOpened --by plan --weeks 1 --format csv",
            "store usage NoteOpened --by plan --weeks 1 --format json",
        ])
    );
    vendor.call("store usage NoteOpened --by plan --show share --plot usage.svg");
    let picture = std::fs::read_to_string(vendor.0.path().join("usage.svg")).unwrap();
    assert!(
        picture.contains("share of count by plan per week"),
        "{picture}"
    );
    let said = vendor.complaint("store usage NoteSaved --by licence");
    assert_eq!(
        said,
        "error: instances have no attribute `licence`\n\
         help: instances can be grouped by version, size, plan, region; import attributes with `pings store attributes FILE.csv`\n"
    );
    let said = vendor.complaint("store usage NoteSaved --measure median");
    assert!(
        said.contains("its measures are count, unique_users"),
        "{said}"
    );
    assert!(
        vendor
            .call("store attributes --remove plan")
            .contains("region")
    );
}

#[test]
fn an_analyst_reads_the_fleet() {
    let vendor = Vendor::new(REGISTRY, 12);
    insta::assert_snapshot!(
        "fleet",
        vendor.session(&[
            "store fleet",
            "store fleet --by version --weeks 6",
            "store fleet --weeks 1 --format json",
            "store fleet --by size --weeks 1 --format csv",
            "store fleet --retention",
            "store fleet --retention --format csv",
        ])
    );
    vendor.call("store fleet --plot fleet.svg");
    assert!(vendor.0.path().join("fleet.svg").exists());
}

#[test]
fn instances_are_left_out() {
    let vendor = Vendor::new(REGISTRY, 12);
    insta::assert_snapshot!(
        "left_out",
        vendor.session(&[
            "store instances --leave-out 00000000-0000-4000-8000-000000000001 --reason test",
            "store instances --confirm-after 52",
            "store instances --confirm-after 2",
            "store instances",
            "store series NoteSaved --weeks 2",
            "store series NoteSaved --weeks 1 --format json",
            "store growth NoteSaved",
            "store fleet --weeks 1",
            "store doctor",
            "store instances --count 00000000-0000-4000-8000-000000000001",
            "store fleet --weeks 1",
        ])
    );
    let out = "store instances --leave-out 00000000-0000-4000-8000-000000000001 --reason test";
    vendor.call(out);
    for command in ["series NoteSaved", "usage NoteSaved", "fleet"] {
        vendor.call(&format!("store {command} --plot left_out.svg"));
        let picture = std::fs::read_to_string(vendor.0.path().join("left_out.svg")).unwrap();
        assert!(picture.contains("left out: 1 test"), "{picture}");
    }
    let said = vendor.complaint("store instances --leave-out 00000000-0000-4000-8000-000000000001");
    assert!(said.contains("--reason"), "{said}");
}

#[test]
fn a_funnel_has_a_conversion() {
    let vendor = Vendor::with(TAGS, 8, tagged);
    insta::assert_snapshot!(
        "conversion",
        vendor.session(&[
            "store series TagThenShare --conversion --weeks 3",
            "store series TagThenShare --conversion --weeks 1 --format csv",
            "store series TagThenShare --conversion --weeks 1 --format json",
        ])
    );
    let said = vendor.complaint("store usage TagThenShare");
    assert!(
        said.contains("use `pings store series TagThenShare --conversion`"),
        "{said}"
    );
    let said = vendor.complaint("store series NoteTagged --conversion");
    assert!(said.contains("NoteTagged is not a funnel"), "{said}");
}

#[test]
fn a_week_has_notes() {
    let vendor = Vendor::new(REGISTRY, 12);
    let note = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_pings"))
            .args(["store", "note"])
            .args(arguments)
            .current_dir(vendor.0.path())
            .env_remove("PINGS_STORE_DATABASE")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    note(&["2021-W04", "price change"]);
    note(&["2021-W06", "outage of two days"]);
    note(&["2021-W06", "holidays"]);
    insta::assert_snapshot!(
        "notes",
        vendor.session(&[
            "store note",
            "store series NoteSaved",
            "store series NoteSaved --weeks 6 --format csv",
            "store usage NoteOpened --weeks 5",
            "store usage NoteOpened --weeks 5 --format json",
            "store fleet --weeks 5 --format csv",
            "store fleet --weeks 5",
            "store note --delete 2",
        ])
    );
    let picture = vendor.picture("NoteSaved");
    assert!(
        picture.contains("price change") && picture.contains("holidays"),
        "{picture}"
    );
    let said = vendor.complaint("store note --delete 2");
    assert!(said.contains("there is no note 2"), "{said}");
    let said = vendor.complaint("store note 2021-W54 x");
    assert!(said.contains("2021-W54"), "{said}");
}

#[test]
fn a_day_in_the_past_knows_less() {
    let vendor = Vendor::new(REGISTRY, 2);
    // All payloads were received today.
    let today = OffsetDateTime::now_utc().date();
    let told = vendor.call(&format!("store series NoteSaved --weeks 1 --as-of {today}"));
    assert!(told.contains(&format!("as of {today}")), "{told}");
    let told = vendor.call(&format!(
        "store usage NoteSaved --weeks 1 --as-of {today} --format json"
    ));
    assert!(told.contains(&format!("\"as_of\": \"{today}\"")), "{told}");
    let said = vendor.complaint("store series NoteSaved --as-of 2021-02-01");
    assert!(
        said.contains("the store has no payloads of notes in these weeks"),
        "{said}"
    );
    let said = vendor.complaint("store fleet --as-of yesterday");
    assert_eq!(
        said,
        "error: `yesterday` is not a date\nhelp: write a date such as 2026-04-01\n"
    );
    let said = vendor.complaint("store fleet --as-of 9000-01-01");
    assert_eq!(said, "error: 9000-01-01 is in the future\n");
}

#[test]
fn an_analyst_sees_estimates_beside_the_plain_sums() {
    let vendor = Vendor::new(REGISTRY, 12);
    insta::assert_snapshot!(
        "estimates",
        vendor.session(&[
            "store growth NoteSaved",
            "store growth NoteSaved --format csv",
            "store series NoteSaved --estimate --weeks 6",
            "store series NoteSaved --estimate --weeks 1 --format json",
        ])
    );
}

#[test]
fn an_export_has_the_numbers_of_the_series_and_is_incremental() {
    let vendor = Vendor::new(REGISTRY, 12);
    let said = vendor.call("store export out");
    let series = vendor.call("store series NoteSaved --weeks 52 --format json");
    let series: serde_json::Value = serde_json::from_str(&series).unwrap();
    let weeks = series["weeks"].as_array().unwrap();
    assert!(weeks.len() > 3, "{said}");
    for week in weeks {
        let name = week["week"].as_str().unwrap();
        let path = format!("out/trusted/registry=notes/week={name}/part.csv");
        let text = std::fs::read_to_string(vendor.0.path().join(path)).unwrap_or_default();
        let rows = csv::Reader::from_reader(text.as_bytes())
            .into_records()
            .map(Result::unwrap);
        let counts: f64 = rows
            .filter(|row| (&row[1], &row[6]) == ("NoteSaved", "count"))
            .map(|row| row[7].parse::<f64>().unwrap())
            .sum();
        let expected = week["values"]["count"].as_f64().unwrap_or_default();
        assert!((counts - expected).abs() < 1e-9, "{name}: {counts}, {week}");
    }
    let manifest = std::fs::read(vendor.0.path().join("out/trusted/_manifest.json")).unwrap();
    vendor.call("store export out");
    let again = std::fs::read(vendor.0.path().join("out/trusted/_manifest.json")).unwrap();
    assert_eq!(manifest, again);
}

/// Returns a value of a Parquet file as the CSV file has it.
fn as_csv(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Long(value) => value.to_string(),
        Field::Double(value) => pings_store::number(*value).to_string(),
        Field::TimestampMicros(at) => {
            let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(*at) * 1000);
            at.unwrap().format(&Rfc3339).unwrap()
        }
        other => other.to_string(),
    }
}

#[test]
fn an_export_as_parquet_has_the_rows_of_the_csv_files() {
    let vendor = Vendor::new(REGISTRY, 12);
    let files = |folder: &str, extension: &str| {
        let folder = vendor.0.path().join(folder).join("registry=notes");
        let weeks = std::fs::read_dir(folder).unwrap();
        let file = |week: std::path::PathBuf| week.join(format!("part.{extension}"));
        let files = weeks.map(|week| file(week.unwrap().path()));
        files.filter(|it| it.exists()).collect::<Vec<_>>()
    };
    for (what, numbers) in [
        ("trusted", "value"),
        ("labelled", "fix"),
        ("raw", "received_at"),
    ] {
        vendor.call(&format!("store export csv --what {what}"));
        vendor.call(&format!(
            "store export parquet --what {what} --files parquet"
        ));
        let found = files(&format!("parquet/{what}"), "parquet");
        assert!(found.len() > 3);
        let mut typed = 0;
        for file in found {
            let path = file.to_str().unwrap().replace("parquet", "csv");
            let mut expected = csv::Reader::from_path(path).unwrap();
            let names = expected.headers().unwrap().clone();
            let mut expected = expected.records().map(Result::unwrap);
            let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
            for row in reader.get_row_iter(None).unwrap() {
                let row = row.unwrap().into_columns();
                let (found, fields): (Vec<String>, Vec<Field>) = row.into_iter().unzip();
                assert!(names.iter().eq(found.iter()), "{names:?}, {found:?}");
                let place = names.iter().position(|name| name == numbers).unwrap();
                typed += usize::from(!matches!(fields[place], Field::Null | Field::Str(_)));
                let texts = fields.iter().map(as_csv);
                assert!(expected.next().unwrap().iter().eq(texts), "{fields:?}");
            }
            assert!(expected.next().is_none(), "{}", file.display());
        }
        assert!(typed > 3, "{what}: `{numbers}` is a text or missing");
    }
    let before = std::fs::read(&files("parquet/raw", "parquet")[0]).unwrap();
    vendor.call("store export again --what raw --files parquet");
    assert_eq!(
        before,
        std::fs::read(&files("again/raw", "parquet")[0]).unwrap()
    );
    // The files of the other format would be stale after the next export.
    vendor.call("store export csv --what raw --files parquet");
    assert_eq!(files("csv/raw", "csv"), Vec::<std::path::PathBuf>::new());
}
