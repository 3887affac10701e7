//! Runs the product, and checks its output.

use std::process::Command;

#[test]
fn the_wiki_logs_asks_and_knows_what_to_believe() {
    let output = Command::new(env!("CARGO_BIN_EXE_wiki"))
        .output()
        .expect("the wiki runs");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "viewed by search: 1 times, 1 users\n\
         words written: 120\n\
         pages of Some(\"help\"): 2\n\
         pages of Some(\"talk\"): 1\n\
         words written, by 1.0: not sent\n\
         words written, by 1.2.1: broken, counts minor edits too\n\
         words written, by 1.3: trusted\n"
    );
}
