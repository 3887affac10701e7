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
