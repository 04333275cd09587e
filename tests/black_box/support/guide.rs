use std::{path::Path, process::Command};

use super::fenced_blocks;

/// The lines that a reader types into a shell under a heading of a guide.
pub fn shell_lines(guide: &str, heading: &str) -> String {
    let depth = |line: &str| line.bytes().take_while(|byte| *byte == b'#').count();
    let ends = |line: &str| (1..=depth(heading)).contains(&depth(line));
    let mut in_block = false;
    let lines = guide.lines().skip_while(|line| *line != heading).skip(1);
    let section = lines.take_while(|line| {
        in_block ^= line.trim_start().starts_with("```");
        in_block || !ends(line)
    });
    let section: Vec<_> = section.collect();
    let script = fenced_blocks(&section.join("\n"), "sh");
    assert!(!script.is_empty(), "there is nothing to type under {heading}");
    script
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
