/// What stands in the fenced blocks of this language, one after the other. Blocks in a list lose its indent.
pub fn fenced_blocks(markdown: &str, language: &str) -> String {
    let opening = format!("```{language}");
    let (mut content, mut indent) = (String::new(), None);
    for line in markdown.lines() {
        let text = line.trim_start();
        match indent {
            None if text == opening => indent = Some(line.len() - text.len()),
            None => {}
            Some(_) if text == "```" => indent = None,
            Some(indent) => content.extend([line.get(indent..).unwrap_or_default(), "\n"]),
        }
    }
    content
}
