use super::Arguments;

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
            &["infinite", "none", "a \"key\"", "half"],
            &mut serde_json::Serializer::new(&mut json),
        )
        .unwrap();
    assert_eq!(
        String::from_utf8(json).unwrap(),
        "{\"a \\\"key\\\"\":\"\\\"\\n\u{fffd}é\",\"half\":0.5}"
    );
}
