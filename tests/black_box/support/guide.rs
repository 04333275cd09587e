use std::{path::Path, process::Command};

use super::Page;

/// The lines that a reader types into a shell under a heading of a page, those under smaller headings included.
///
/// Both are written out where this is called: by that, `pages::what_is_for_a_shell_is_typed_in_or_marked` knows.
pub fn shell_lines(page: &str, heading: &str) -> String {
    shell_blocks(page, heading).concat()
}

/// The same, block by block.
pub fn shell_blocks(page: &str, heading: &str) -> Vec<String> {
    let page = Page::read(page);
    let blocks = page.blocks.into_iter().filter(|block| block.info == "sh");
    let under = blocks.filter(|block| block.headings.iter().any(|other| other == heading));
    let blocks: Vec<_> = under.map(|block| block.content).collect();
    assert!(!blocks.is_empty(), "there is nothing to type under {heading}");
    blocks
}

/// What bash prints when these lines, each of which must succeed, are typed in there.
pub fn type_in(script: &str, directory: &Path) -> String {
    let output = Command::new("bash")
        .args(["-e", "-c", script])
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
