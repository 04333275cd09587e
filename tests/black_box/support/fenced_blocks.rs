/// What stands in the fenced blocks of this language, one after the other.
pub fn fenced_blocks(markdown: &str, language: &str) -> String {
    markdown
        .split(&format!("```{language}\n"))
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect()
}
