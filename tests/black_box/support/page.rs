use std::{
    fs, iter,
    path::{Path, PathBuf},
};

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Folders of what is made or installed.
pub const MADE: [&str; 3] = ["data", "node_modules", "target"];

/// A page of the documentation, taken apart.
#[derive(Default)]
pub struct Page {
    /// From the root of the tree.
    pub path: String,
    pub text: String,
    pub blocks: Vec<Block>,
    pub rows: Vec<Row>,
    /// Where links and pictures lead.
    pub links: Vec<String>,
    /// What stands in backticks within the text.
    pub code: Vec<String>,
    /// What links to its headings end with.
    pub anchors: Vec<String>,
}

/// A fenced block.
pub struct Block {
    /// Its language, and what else stands behind the fence.
    pub info: String,
    pub content: String,
    /// The headings that it stands under, the title first.
    pub headings: Vec<String>,
    /// The last link in front of it.
    pub link: Option<String>,
    /// What stood in backticks last in front of it.
    pub code: Option<String>,
}

/// A row of a table, but for its head.
pub struct Row {
    /// The heading that it stands under.
    pub heading: String,
    /// Without what marks them up.
    pub cells: Vec<String>,
}

impl Page {
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(Path::new(ROOT).join(path)).unwrap();
        let mut page = Self::parse(&text);
        (page.path, page.text) = (path.to_owned(), text);
        page
    }

    /// Every page of the tree.
    pub fn all() -> Vec<Self> {
        let pages = files().into_iter().filter(|path| path.ends_with(".md"));
        pages.map(|path| Self::read(&path)).collect()
    }

    /// Every page that tells what there is. The others tell how to change it, and tests of their own follow them.
    pub fn of_what_is() -> Vec<Self> {
        let mut pages = Self::all();
        pages.retain(|page| !page.is_how_to());
        pages
    }

    /// Whether the page tells how to change what there is.
    pub fn is_how_to(&self) -> bool {
        self.path.starts_with("docs/how-to/")
    }

    fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut headings: Vec<(HeadingLevel, String)> = Vec::new();
        let (mut written, mut info, mut cells) = (String::new(), String::new(), Vec::new());
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    headings.retain(|(above, _)| *above < level);
                    headings.push((level, String::new()));
                    written.clear();
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    info = match kind {
                        CodeBlockKind::Fenced(info) => info.into_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    written.clear();
                }
                Event::Start(Tag::TableCell) => written.clear(),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Text(text) => written.push_str(&text),
                Event::Code(code) => {
                    written.push_str(&code);
                    page.code.push(code.into_string());
                }
                Event::End(end) => match end {
                    TagEnd::Heading(_) => {
                        page.anchors.push(anchor(&written, &page.anchors));
                        headings.last_mut().unwrap().1.clone_from(&written);
                    }
                    TagEnd::CodeBlock => page.blocks.push(Block {
                        info: info.clone(),
                        content: written.clone(),
                        headings: headings.iter().map(|(_, heading)| heading.clone()).collect(),
                        link: page.links.last().cloned(),
                        code: page.code.last().cloned(),
                    }),
                    TagEnd::TableCell => cells.push(written.clone()),
                    TagEnd::TableHead => cells.clear(),
                    TagEnd::TableRow => page.rows.push(Row {
                        heading: headings.last().map(|(_, heading)| heading.clone()).unwrap_or_default(),
                        cells: std::mem::take(&mut cells),
                    }),
                    _ => {}
                },
                _ => {}
            }
        }
        page
    }

    /// The cells of the tables that stand right under a heading, row by row.
    pub fn table(&self, heading: &str) -> Vec<&[String]> {
        let rows = self.rows.iter().filter(|row| row.heading == heading);
        rows.map(|row| &row.cells[..]).collect()
    }

    /// What stands in the blocks of this language, one after the other.
    pub fn blocks_in(&self, info: &str) -> String {
        let blocks = self.blocks.iter().filter(|block| block.info == info);
        blocks.map(|block| &*block.content).collect()
    }

    /// The path that a link of this page leads to, and the anchor there.
    pub fn target<'a>(&self, link: &'a str) -> (PathBuf, &'a str) {
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        let page = Path::new(ROOT).join(&self.path);
        let target = if path.is_empty() {
            page
        } else {
            page.with_file_name(path)
        };
        (target, anchor)
    }
}

/// What GitHub makes of a heading. The second of the same words gets a number.
fn anchor(heading: &str, others: &[String]) -> String {
    let kept = heading
        .chars()
        .filter(|character| character.is_alphanumeric() || " -_".contains(*character));
    let anchor = kept.collect::<String>().to_lowercase().replace(' ', "-");
    let numbered = (1..).map(|number| format!("{anchor}-{number}"));
    let mut names = iter::once(anchor.clone()).chain(numbered);
    names.find(|name| !others.contains(name)).unwrap()
}

/// The files of the tree, from its root, but for those that are hidden or in folders of what is made.
pub fn files() -> Vec<String> {
    let (mut folders, mut files) = (vec![PathBuf::from(ROOT)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if name.starts_with('.') || MADE.contains(&&*name) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                files.push(path.strip_prefix(ROOT).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    files
}
