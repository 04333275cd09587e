use askama::Template;

use super::visit::Shell;

/// A page that asks before it does what cannot be undone. Its form posts to its own address.
#[derive(Template)]
#[template(path = "question.html")]
pub struct Question {
    /// The shell of the page.
    pub shell: Shell,
    /// The question.
    pub title: String,
    /// The consequences.
    pub text: &'static str,
    /// The answer that does it.
    pub button: &'static str,
    /// The page to return to otherwise.
    pub back: String,
}
