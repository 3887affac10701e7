//! Arguments of random rows. Most of them match their declarations, but many do not.

use proptest::prelude::*;
use proptest::sample::select;

/// The range of arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// Any JSON that a `jsonb` column can hold.
    Json,
    /// Also texts that are not JSON, but no texts that look like an object.
    JsonOrText,
    /// Any text.
    AnyText,
}

/// Returns a strategy for an argument, which may be missing.
pub fn argument(arguments: Arguments) -> BoxedStrategy<Option<String>> {
    let json = prop_oneof![
        8 => object().prop_map(Some),
        1 => Just(None),
        1 => document(DOCUMENTS),
    ];
    match arguments {
        Arguments::Json => json.boxed(),
        Arguments::JsonOrText => prop_oneof![12 => json, 1 => document(TEXTS)].boxed(),
        Arguments::AnyText => {
            prop_oneof![10 => json, 1 => document(TEXTS), 1 => document(BROKEN_OBJECTS)].boxed()
        }
    }
}

fn document(of: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    one_of(of).prop_map(Some)
}

/// Returns a strategy for an object with some of the registry's arguments.
fn object() -> impl Strategy<Value = String> {
    let members = (
        member(STATUS, "status", one_of(STATUSES)),
        member(SECONDS, "seconds", number()),
        member(TESTS, "tests", one_of(INTEGERS)),
        member(RETRIED, "retried", one_of(BOOLEANS)),
        member(RUNNER, "runner", text()),
        member(AGENT, "agent", version()),
        member(NODE, "node", node()),
        prop_oneof![
            8 => member(LANGUAGES, "languages", languages()),
            1 => member(LANGUAGES, "langs", languages()),
        ],
        member(ODD_TEXT, "d'or[0].$", text()),
        member(ODD_INTEGER, "2 fa", one_of(INTEGERS)),
        prop::option::weighted(0.1, one_of(STRANGERS)),
    );
    let separators = prop_oneof![9 => Just((",", "")), 1 => Just((" ,\n\t", " "))];
    (members, separators, any::<bool>()).prop_map(|(members, (comma, space), reversed)| {
        let (a, b, c, d, e, f, g, h, i, j, k) = members;
        let mut members: Vec<String> = [a, b, c, d, e, f, g, h, i, j, k]
            .into_iter()
            .flatten()
            .collect();
        if reversed {
            members.reverse();
        }
        format!("{space}{{{space}{}{space}}}{space}", members.join(comma))
    })
}

/// Returns a strategy for a member, which may be missing. Most keys are written plainly, and most
/// values have the declared type.
fn member(
    spelled_otherwise: &'static str,
    key: &'static str,
    values: impl Strategy<Value = String>,
) -> impl Strategy<Value = Option<String>> {
    let key = prop_oneof![20 => Just(key), 1 => Just(spelled_otherwise)];
    let value = prop_oneof![8 => values, 1 => one_of(OF_ANY_TYPE)];
    let member = (key, value).prop_map(|(key, value)| format!("\"{key}\":{value}"));
    prop::option::weighted(0.7, member)
}

/// Returns a strategy for a list, whose values may be repeated, undeclared or no texts.
fn languages() -> impl Strategy<Value = String> {
    let items = prop::collection::vec(select(LANGUAGE_ITEMS), 0..5);
    items.prop_map(|items| format!("[{}]", items.join(",")))
}

/// Returns a strategy for an object in the object.
fn node() -> impl Strategy<Value = String> {
    let kinds = &[
        r#""large""#,
        r#""small""#,
        r#""\u006carge""#,
        r#""Large""#,
        "null",
    ];
    let members = (
        member("kin\\u0064", "kind", one_of(kinds)),
        member("siz\\u0065", "size", one_of(kinds)),
        member("core\\u0073", "cores", one_of(INTEGERS)),
    );
    members.prop_map(|(kind, size, cores)| {
        let members: Vec<String> = [kind, size, cores].into_iter().flatten().collect();
        format!("{{{}}}", members.join(","))
    })
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

/// Returns a strategy for numbers: special numbers, a few ordinary ones, and some with more digits
/// than are kept.
fn number() -> impl Strategy<Value = String> {
    let decimal = (-1_000_000..1_000_000_i64, 0..7_u32)
        .prop_map(|(digits, places)| format!("{digits}e-{places}"));
    let double = (1.0..1e6_f64)
        .prop_filter("half of the fifteenth digit", |number| !is_half(*number))
        .prop_map(|number| number.to_string());
    prop_oneof![8 => one_of(NUMBERS), 1 => decimal, 1 => double]
}

/// Returns whether the digits after the fifteenth are nearly half of it. SQLite first rounds such a
/// number to seventeen digits and then rounds it up, while C and PostgreSQL do not.
fn is_half(number: f64) -> bool {
    let digits = format!("{number:.16e}");
    let mantissa = digits.split('e').next().unwrap_or_default();
    ["49", "50", "51"].iter().any(|end| mantissa.ends_with(end))
}

/// Returns a strategy for texts: special texts and any others.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![8 => one_of(TEXT_VALUES), 1 => any_text().prop_map(|text| serde_json::Value::from(text).to_string())]
}

/// Returns a strategy for versions of builds, and for texts that are nearly versions.
fn version() -> impl Strategy<Value = String> {
    let beginning = select(VERSIONS);
    let odd = "[0-9.vVxX!+~_a-c -]{0,5}";
    let cut = (beginning.clone(), 0..8_usize, odd)
        .prop_map(|(version, kept, odd)| format!("{}{odd}", &version[..kept.min(version.len())]));
    let text = prop_oneof![4 => beginning.prop_map(str::to_owned), 4 => cut, 1 => odd];
    text.prop_map(|text| serde_json::Value::from(text).to_string())
}

/// Returns a strategy for any text that a database can store.
pub fn any_text() -> impl Strategy<Value = String> {
    let characters = any::<char>().prop_filter("a NUL", |c| *c != '\0');
    prop::collection::vec(characters, 1..4).prop_map(String::from_iter)
}

const STATUS: &str = r"st\u0061tus";
const SECONDS: &str = r"\u0073econds";
const TESTS: &str = r"test\u0073";
const RETRIED: &str = r"retr\u0069ed";
const RUNNER: &str = r"\u0072unner";
const AGENT: &str = r"ag\u0065nt";
const NODE: &str = r"nod\u0065";
const LANGUAGES: &str = r"language\u0073";
const ODD_TEXT: &str = r"d'or\u005b0].$";
const ODD_INTEGER: &str = r"2\u0020fa";

/// Undeclared members that look like declared ones.
const STRANGERS: &[&str] = &[
    r#""Status":"passed""#,
    r#""":"passed""#,
    r#""$":{"status":"passed"}"#,
    r#""nested":{"status":"passed","tests":1}"#,
    r#""list":[{"status":"passed"}]"#,
    r#""status ":"passed""#,
    r#""d":{"or":[{"$":"a"}]}"#,
    r#""huge":1e400"#,
    r#""\"status\":\"passed\"":1"#,
];

const STATUSES: &[&str] = &[
    r#""passed""#,
    r#""passed""#,
    r#""failed""#,
    r#""it's \"odd\"""#,
    r#""größer""#,
    r#""gr\u00f6\u00dfer""#,
    r#""rolled_back""#,
    r#""pass\u0065d""#,
    r#""Passed""#,
    r#""passed ""#,
    r#""exploded""#,
    r#""@other""#,
    r#""null""#,
    r#""""#,
    "null",
];

const LANGUAGE_ITEMS: &[&str] = &[
    r#""go""#,
    r#""go""#,
    r#""g\u006f""#,
    r#""größer""#,
    r#""it's \"odd\"""#,
    r#""Go""#,
    r#""@other""#,
    r#""""#,
    "null",
    "1",
    "true",
    r#"["go"]"#,
    r#"{"go":"go"}"#,
];

const BOOLEANS: &[&str] = &["true", "false", "true", "false", "null"];

const INTEGERS: &[&str] = &[
    "0",
    "1",
    "2",
    "2.0",
    "3",
    "10",
    "9",
    "-1",
    "1e2",
    "100",
    "20e-1",
    "-0",
    "0.0",
    "null",
    "2.5",
    "9007199254740991",
    "9007199254740991.0",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740991",
    "-9007199254740992",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e400",
    "1e-400",
];

/// Large numbers are positive, so that no sum depends on the order of its parts.
const NUMBERS: &[&str] = &[
    "0",
    "0.5",
    "0.50",
    "5e-1",
    "2.5",
    "0.1",
    "-2.5",
    "3",
    "12.25",
    "-0.0",
    "1e2",
    "99",
    "null",
    "0.30000000000000004",
    "0.333333333333333333",
    "0.09999999999999999",
    "2.4999999999999996",
    "10.000000000000002",
    "0.0001",
    "0.00001",
    "1e-7",
    "-1.5E-10",
    "1e-400",
    "123456789.125",
    "999999999999999",
    "1e15",
    "1e16",
    "123456789012345678",
    "1E+20",
    "1.5e+100",
    "1e150",
    "1.1e150",
    "-1e151",
    "1e400",
    "-1e400",
];

const TEXT_VALUES: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#""A""#,
    r#""\u0061""#,
    r#""é""#,
    r#""e\u0301""#,
    r#""it's""#,
    r#""a\"b""#,
    r#""a\\b""#,
    r#""\/""#,
    r#""a\nb""#,
    r#""\u0001\u001f""#,
    r#""\u007f""#,
    r#""💥""#,
    r#""\ud83d\udca5""#,
    r#""\uffff""#,
    r#""@other""#,
    r#""null""#,
    r#""1""#,
    r#""true""#,
    r#"" a ""#,
    r#""%_""#,
    r#""{\"status\":\"passed\"}""#,
    "null",
];

const VERSIONS: &[&str] = &[
    "1.2",
    "v5.2.0+abc",
    "5.2.0-rc.1",
    "1.23rc1",
    "2023.3.0b5",
    "1.0.post1.dev3",
    "4.2.1.Final",
    "0!1.2.0.4",
    "1!2.0",
    "2024-01-15",
    "2024-01-155",
    "3.x",
    "3.X-dev",
    "7f3a9c1",
    "1.2.3.4.5",
    "1234567890.1",
    " 5.2.0\t",
    "1.1.1w",
    "1.0_rc1",
    "0007.08",
];

const OF_ANY_TYPE: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "2.5",
    r#""1""#,
    r#""0.5""#,
    r#""true""#,
    r#""passed""#,
    r#""""#,
    "[]",
    "{}",
    r#"["passed"]"#,
    "[1]",
    "[null]",
    r#"{"status":"passed"}"#,
    r#""1e400""#,
    r#""NaN""#,
    r#""Infinity""#,
    "1e400",
];

/// JSON documents that are not objects, or are objects without arguments.
const DOCUMENTS: &[&str] = &[
    "{}",
    " { } ",
    "[]",
    "null",
    "true",
    "0",
    "5",
    "1.5",
    "1e400",
    r#""""#,
    r#""status""#,
    r#""passed""#,
    r#""{\"status\":\"passed\",\"tests\":1}""#,
    r#"[{"status":"passed","tests":1,"seconds":0.5,"retried":true}]"#,
    r#"["status","passed"]"#,
    r#"{"":{}}"#,
    r#"{"args":{"status":"passed","tests":1,"seconds":0.5,"retried":true}}"#,
];

/// Texts that are not JSON, and do not start and end like an object.
const TEXTS: &[&str] = &[
    "",
    " ",
    "status",
    "status=passed",
    "'passed'",
    r#"{"status":"passed","tests":1"#,
    r#""status":"passed"}"#,
    r#"[{"status":"passed"}"#,
    r#"({"status":"passed"})"#,
    r#"{"status":"passed"};"#,
    "NaN",
    "undefined",
    "-",
    "\\",
    "01",
];

/// Invalid JSON that looks like an object. Some texts are JavaScript, which a lenient JSON parser
/// may accept.
const BROKEN_OBJECTS: &[&str] = &[
    "{status:\"passed\"}",
    "{'status':'passed'}",
    r#"{"status":"passed",}"#,
    r#"{"status":"passed"}{"tests":1}"#,
    r#"{"status":"passed","tests":01}"#,
    r#"{"status":"passed","tests":+1}"#,
    r#"{"status":"passed","tests":0x1}"#,
    r#"{"status":"passed","seconds":.5}"#,
    r#"{"status":"passed","seconds":5.}"#,
    r#"{"status":"passed","seconds":NaN}"#,
    r#"{"status":"passed","seconds":Infinity}"#,
    r#"{"status":"passed",/* a comment */"tests":1}"#,
    "{\"status\":\"passed\",\"runner\":\"a\tb\"}",
    r#"{"status":"passed","runner":"\x41"}"#,
    r#"{"status":"passed","runner":"\u12"}"#,
    r#"{"status" "passed"}"#,
    r#"{"status":}"#,
    "{{}}",
    "{status}",
    "\u{feff}{\"status\":\"passed\"}",
    "\u{a0}{\"status\":\"passed\"}",
];
