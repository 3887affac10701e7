use super::Reader;
use crate::generated::{Argument, Arguments, Keys, Texts};
use crate::parse_error::ArgumentError;

fn keys<'a>(paths: &'a [&'a str]) -> Keys<'a> {
    Keys {
        paths,
        ..Keys::default()
    }
}

#[test]
fn arguments_say_what_is_wrong_with_them() {
    fn read<T: Argument>(json: &str) -> Result<T, String> {
        let arguments = Arguments::from_json(json, keys(&["a"]));
        let mut reader = Reader::new(arguments.map_err(|error| error.to_string())?, &["a"]);
        let value = reader.read();
        match reader.error() {
            None => Ok(value),
            Some(error) => Err(error.to_string()),
        }
    }

    assert_eq!(read::<i64>("{\"a\":2}"), Ok(2));
    assert_eq!(read::<i64>("{\"a\":2.0}"), Ok(2));
    assert_eq!(
        read::<i64>("{\"a\":-9007199254740991}"),
        Ok(-9_007_199_254_740_991)
    );
    assert_eq!(
        read::<i64>("{\"a\":9.007199254740991e15}"),
        Ok(9_007_199_254_740_991)
    );
    let no_integer = Err("`a` is not an integer between -(2^53 - 1) and 2^53 - 1".to_owned());
    for json in [
        "2.5",
        "\"2\"",
        "true",
        "9007199254740992",
        "-9007199254740992",
        "1e300",
        "[2]",
    ] {
        assert_eq!(
            read::<i64>(&format!("{{\"a\":{json}}}")),
            no_integer,
            "{json}"
        );
    }
    assert_eq!(read::<f64>("{\"a\":2}"), Ok(2.0));
    assert_eq!(read::<bool>("{\"a\":true,\"b\":{}}"), Ok(true));
    assert_eq!(
        read::<bool>("{\"a\":1}"),
        Err("`a` is not a boolean".to_owned())
    );
    assert_eq!(
        read::<String>("{\"a\":1}"),
        Err("`a` is not a text".to_owned())
    );
    assert_eq!(read::<String>(""), Err("`a` is missing".to_owned()));
    assert_eq!(
        read::<String>("{\"a\":null}"),
        Err("`a` is missing".to_owned())
    );
    assert_eq!(read::<Option<String>>("{\"a\":null}"), Ok(None));
    assert_eq!(read::<Option<i64>>(" \n"), Ok(None));
    assert_eq!(read::<Option<i64>>("{\"a\":false}"), no_integer.map(Some));
    for json in ["[]", "1", "null", "\"{}\""] {
        let error = read::<Option<i64>>(json);
        assert_eq!(
            error,
            Err("the argument is JSON, but not an object".to_owned())
        );
    }
    for json in ["{", "{\"a\":}", "{} {}", "{'a':1}"] {
        let error = read::<Option<i64>>(json).unwrap_err();
        assert!(error.starts_with("the argument is not JSON: "), "{error}");
    }
}

#[test]
fn the_error_is_that_of_the_first_invalid_argument() {
    const KEYS: &[&str] = &["a", "b", "c", "d", "e"];
    let json = r#"{"a":"2","b":3,"c":"other","d":"third","e":true}"#;
    let arguments = Arguments::from_json(json, keys(KEYS)).unwrap();
    let mut reader = Reader::new(arguments, KEYS);
    let texts = Texts::short(&["first", "second", "third"]);
    assert_eq!(reader.read_choice(&[1, 2, 3], &texts), 1);
    assert_eq!(reader.read::<String>(), "");
    assert_eq!(reader.read_optional_choice(&[1, 2, 3], &texts), None);
    assert_eq!(reader.read_optional_choice(&[1, 2, 3], &texts), Some(3));
    assert!(reader.read::<bool>());
    assert_eq!(reader.read_optional_choice(&[1, 2, 3], &texts), None);
    let error = ArgumentError::Undeclared {
        argument: "a",
        value: "2".to_owned(),
    };
    assert_eq!(reader.error(), Some(error));
}
