use super::Arguments;
use crate::generated::Keys;

#[test]
fn json_has_no_numbers_that_are_none_and_no_nul() {
    let (infinite, none, text) = (f64::INFINITY, Some(f64::NAN), "\"\n\u{0}é".to_owned());
    let mut arguments = Arguments::default();
    arguments.push(&infinite);
    arguments.push(&none);
    arguments.push(&text);
    arguments.push(&0.5);
    let mut json = Vec::new();
    arguments
        .serialize(
            Keys {
                paths: &["infinite", "none", "a \"key\"", "half"],
                ..Keys::default()
            },
            &mut serde_json::Serializer::new(&mut json),
        )
        .unwrap();
    assert_eq!(
        String::from_utf8(json).unwrap(),
        "{\"a \\\"key\\\"\":\"\\\"\\n\u{fffd}é\",\"half\":0.5}"
    );
}

#[test]
fn members_of_objects_are_written_and_read() {
    let keys = Keys {
        paths: &["a", "view.kind", "view.at.line", "view.at.to", "z.z"],
        old: &[(7, 1, "type")],
        objects: &[
            (7, 1, "view"),
            (7, 2, "view"),
            (7, 2, "at"),
            (7, 3, "view"),
            (7, 3, "at"),
        ],
    };
    for (json, written) in [
        (
            r#"{"a":1,"view":{"kind":"k","at":{"line":2,"to":3}},"z.z":4}"#,
            r#"{"a":1,"view":{"kind":"k","at":{"line":2,"to":3}},"z.z":4}"#,
        ),
        (
            r#"{"z.z":4,"z":{"z":5},"view":{"type":"k","kind":null,"more":1}}"#,
            r#"{"view":{"kind":"k"},"z.z":4}"#,
        ),
        (r#"{"a":1,"type":"k","view":"text"}"#, r#"{"a":1}"#),
        (r#"{"view":{"at":{"to":3}}}"#, r#"{"view":{"at":{"to":3}}}"#),
        (r#"{"view":{}}"#, "{}"),
    ] {
        let arguments = Arguments::from_json(json, keys).unwrap();
        let mut out = Vec::new();
        arguments
            .serialize(keys, &mut serde_json::Serializer::new(&mut out))
            .unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), written);
    }
}
