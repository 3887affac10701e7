//! Records an event with the web package that the build script wrote.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use pings_tests::skipped::skip;

const SCRIPT: &str = "
const [pings, testing] = await Promise.all(
  ['index.js', 'testing.js'].map(name => import(`${process.env.PACKAGE}/${name}`)))
pings.pageViewed({ via: 'search' })
console.log(JSON.stringify(testing.recorded()))
";

#[test]
fn a_front_end_records_with_the_package_of_the_build_script() {
    let package = Path::new(env!("OUT_DIR")).join("wiki-web");
    let ran = Command::new("node")
        .args(["--input-type=module", "--eval", SCRIPT])
        .env("PACKAGE", &package)
        .output();
    let ran = match ran {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return skip("Node", "install Node 20 or later");
        }
        ran => ran.expect("node starts"),
    };
    let failed = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{failed}");
    assert_eq!(
        String::from_utf8_lossy(&ran.stdout),
        "[{\"name\":\"page.viewed\",\"args\":{\"via\":\"search\"}}]\n"
    );
}
