use regex_lite::Regex;

/// What a guide has its reader do.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Change files as a unified diff has it.
    Patch(String),
    /// Write a file.
    Write { path: String, content: String },
    /// Type this into a shell.
    Run(String),
}

/// Every step of a guide, in order: its fenced blocks, none of which is only to be looked at. A block that is neither a
/// diff nor for a shell is a new file, whose path stands in front of it.
pub fn steps(guide: &str) -> Vec<Step> {
    let block = Regex::new(r"(?s)([^\n]*)\n\n?```(\w*)\n(.*?)```\n").unwrap();
    let path = Regex::new(r"`([^` ]+)`[^`]*:$").unwrap();
    let steps = block.captures_iter(guide).map(|block| {
        let content = block[3].to_owned();
        match &block[2] {
            "diff" => Step::Patch(content),
            "sh" => Step::Run(content),
            _ => {
                let path = path.captures(&block[1]);
                let path = path.unwrap_or_else(|| panic!("no path in front of a block: {}", &block[1]));
                Step::Write {
                    path: path[1].to_owned(),
                    content,
                }
            }
        }
    });
    let steps = Vec::from_iter(steps);
    assert_eq!(
        guide.lines().filter(|line| line.starts_with("```")).count(),
        2 * steps.len()
    );
    steps
}

mod tests {
    use super::*;

    #[test]
    fn the_blocks_of_a_guide_are_its_steps() {
        let guide = "# How to\n\nIn `mod.rs`:\n\n```diff\n-a\n+b\n```\n\nThe new file `src/a.rs`:\n\n```rust\n//! A.\n\nfn a() {}\n```\n\n```sh\nls\n```\n";
        let steps = steps(guide);
        assert_eq!(
            steps,
            [
                Step::Patch("-a\n+b\n".into()),
                Step::Write {
                    path: "src/a.rs".into(),
                    content: "//! A.\n\nfn a() {}\n".into()
                },
                Step::Run("ls\n".into()),
            ]
        );
    }

    #[test]
    #[should_panic = "no path in front of a block"]
    fn a_block_that_is_only_to_be_looked_at_is_none() {
        steps("It looks like this:\n\n```rust\nfn a() {}\n```\n");
    }
}
