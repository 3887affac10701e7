//! Snapshots of what an analyst reads from a store: the use of a metric, and the fleet.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

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
    let today = time::OffsetDateTime::now_utc().date();
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
    let manifest = std::fs::read(vendor.0.path().join("out/trusted/manifest.json")).unwrap();
    vendor.call("store export out");
    let again = std::fs::read(vendor.0.path().join("out/trusted/manifest.json")).unwrap();
    assert_eq!(manifest, again);
}
