//! Short bodies that describe large structures.

use serde_json::Value;

use crate::vendor::payload;

/// Returns a payload with `metrics` as the value of that member, and `more` members after it.
fn with(metrics: &str, more: &str) -> Vec<u8> {
    let mut json = payload(1, 0, 1, 1);
    json["metrics"] = Value::Null;
    let text = json.to_string();
    let text = text.replace("\"metrics\":null", &format!("\"metrics\":{metrics}{more}"));
    text.into_bytes()
}

/// Joins items with commas until the text has at least `bytes` bytes. Each item is made from its
/// number.
fn list(bytes: usize, item: impl Fn(usize) -> String) -> String {
    let mut list = String::with_capacity(bytes + 2_000);
    let mut number = 0;
    while list.len() < bytes {
        if number > 0 {
            list.push(',');
        }
        list.push_str(&item(number));
        number += 1;
    }
    list
}

/// Returns bodies of about `bytes` bytes, each with a description of its repeated part.
#[must_use]
pub fn bombs(bytes: usize) -> Vec<(&'static str, Vec<u8>)> {
    let long = "A".repeat(1_000);
    let zeros = list(bytes, |_| "0".to_owned());
    let objects = list(bytes, |number| format!("{{\"a\":{number}}}"));
    let errors = |bytes| list(bytes, |code| format!("\"{code:x}\":{{\"error\":\"x\"}}"));
    let wide = list(2_000, |measure| format!("\"m{measure}\":1"));
    let dimension = "d".repeat(1_400);
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let in_one = |member: String| with(&format!("{{\"{long}\":{{{member}}}}}"), "");
    vec![
        (
            "steps that are none",
            in_one(format!("\"steps\":[{zeros}]")),
        ),
        (
            "rows that are none",
            in_one(format!("\"by\":[],\"rows\":[{zeros}]")),
        ),
        (
            "names of dimensions",
            in_one(format!(
                "\"by\":[{}],\"rows\":[]",
                list(bytes, |name| format!("\"{name}\""))
            )),
        ),
        (
            "names of dimensions that are there twice",
            in_one(format!(
                "\"by\":[{}],\"rows\":[{}]",
                list(bytes / 2, |_| "\"a\"".to_owned()),
                list(bytes / 2, |_| "{\"a\":1}".to_owned())
            )),
        ),
        (
            "rows",
            in_one(format!("\"by\":[\"a\"],\"rows\":[{objects}]")),
        ),
        (
            "rows with long dimensions and many measures",
            in_one(format!(
                "\"by\":[\"a\"],\"rows\":[{}]",
                list(bytes, |row| format!(
                    "{{\"a\":\"{row}{dimension}\",{wide}}}"
                ))
            )),
        ),
        (
            "measures",
            in_one(list(bytes, |name| format!("\"{name:x}\":1"))),
        ),
        ("codes", with(&format!("{{{}}}", errors(bytes)), "")),
        (
            "codes with long names",
            with(
                &format!(
                    "{{{}}}",
                    list(bytes, |code| format!(
                        "\"{code}{}\":{{\"error\":\"x\"}}",
                        &long[10..]
                    ))
                ),
                "",
            ),
        ),
        (
            "registries of earlier revisions",
            with(
                &format!("{{{}}}", errors(bytes / 2)),
                &format!(
                    ",\"kept_from\":{{{}}}",
                    list(bytes / 2, |code| format!("\"{code:x}\":\"s{code}\""))
                ),
            ),
        ),
        (
            "events of steps",
            in_one(format!(
                "\"steps\":[{{\"events\":[{}],\"count\":1}}]",
                list(bytes, |_| "\"e\"".to_owned())
            )),
        ),
        (
            "objects of a member that is not known",
            with("{}", &format!(",\"more\":[{objects}]")),
        ),
        (
            "empty lists",
            with(
                "{}",
                &format!(",\"more\":[{}]", list(bytes, |_| "[]".to_owned())),
            ),
        ),
        (
            "deep lists",
            with(
                "{}",
                &format!(",\"more\":[{}]", list(bytes, |_| deep.clone())),
            ),
        ),
        (
            "escapes",
            with(
                "{}",
                &format!(",\"more\":\"{}\"", "\\u0001".repeat(bytes / 6)),
            ),
        ),
        (
            "a long key that is there twice",
            with(
                "{}",
                &format!(",\"{0}\":1,\"{0}\":1", "k".repeat(bytes / 2)),
            ),
        ),
        (
            "a long version",
            in_one(format!(
                "\"count\":1,\"captured_by\":\"{}\"",
                "v".repeat(bytes)
            )),
        ),
        (
            "times that are measured",
            with(
                "{}",
                &format!(
                    ",\"late_s\":{{{}}}",
                    list(bytes, |code| format!("\"{code:x}\":1"))
                ),
            ),
        ),
    ]
}
