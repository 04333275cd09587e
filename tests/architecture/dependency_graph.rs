//! The page that draws which part of the code names which, held to what the code says.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
};

use crate::{
    LAYERS, Layer,
    cycles::{children_of, graph},
    source_file::{SourceFile, Target},
};

const PAGE: &str = "docs/architecture/dependency-graph.md";
const BEGIN: &str = "<!-- Drawn by `make docs`: -->\n";
const END: &str = "<!-- Until here. -->\n";

/// The box that a module is drawn in: that of its folder or, of the files beside the folders of a layer, a common one.
fn box_of(module: &[&str]) -> String {
    match module {
        [layer, folder, ..] if Path::new("src").join(layer).join(folder).is_dir() => format!("{layer}_{folder}"),
        [layer, ..] => format!("{layer}_files"),
        [] => String::new(),
    }
}

/// The drawing of the layers, and below it one of each box that holds folders.
fn drawings() -> String {
    let graph = graph();
    let mut text = drawing();
    let holds_folders = |folder: &[String]| {
        graph
            .keys()
            .any(|module| module.len() > 3 && module.starts_with(folder))
    };
    for folder in graph.keys().filter(|module| module.len() == 2 && holds_folders(module)) {
        text.push_str(&format!(
            "\n\n## Inside `{}`\n\n```mermaid\nflowchart TB\n",
            folder.join("::")
        ));
        let rooms = children_of(folder, &graph);
        for (room, named) in &rooms {
            let name = room.last().unwrap();
            if named.is_empty() {
                text.push_str(&format!("    {name}\n"));
            }
            // An arrow that follows from others is left out.
            let follows = |to: &Vec<String>| named.iter().any(|other| other != to && leads_to(&rooms, other, to));
            for to in named.iter().filter(|to| !follows(to)) {
                text.push_str(&format!("    {name} --> {}\n", to.last().unwrap()));
            }
        }
        text.push_str("```");
    }
    text
}

fn leads_to(rooms: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>, from: &[String], to: &[String]) -> bool {
    let mut named = rooms.get(from).into_iter().flatten();
    named.any(|next| next == to || leads_to(rooms, next, to))
}

/// What names what, tests aside: within a layer box by box, beyond it the other layer as a whole.
fn drawing() -> String {
    let mut boxes = BTreeMap::<_, BTreeMap<_, BTreeSet<_>>>::new();
    let mut arrows = BTreeSet::new();
    for file in SourceFile::all() {
        let Some(layer) = Layer::of(&file) else { continue };
        let from = box_of(&Vec::from_iter(file.module.iter().map(String::as_str)));
        for named in file.references.iter().filter(|named| !named.in_test) {
            let label = file.module.get(1).map_or("mod.rs", String::as_str).to_owned();
            let labels = boxes.entry(layer.name).or_default().entry(from.clone()).or_default();
            labels.insert(label);
            let to = match &named.target {
                Target::Crate(_) => continue,
                Target::Module(other) if other == layer.name => box_of(&Vec::from_iter(named.path.split("::").skip(1))),
                Target::Module(other) => other.clone(),
            };
            if to != from {
                arrows.insert(format!("    {from} --> {to}"));
            }
        }
    }

    let mut lines = vec!["```mermaid".to_owned(), "flowchart TB".to_owned()];
    for layer in LAYERS.iter().rev() {
        lines.push(format!("    subgraph {}", layer.name));
        for (id, labels) in &boxes[layer.name] {
            lines.push(format!(
                "        {id}[\"{}\"]",
                Vec::from_iter(labels.iter().cloned()).join(", ")
            ));
        }
        lines.push("    end".to_owned());
    }
    lines.extend(arrows);
    lines.push("```".to_owned());
    lines.join("\n")
}

#[test]
fn the_page_draws_what_names_what() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let current = format!("{before}{BEGIN}\n{}\n\n{END}{after}", drawings());
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, current).unwrap();
    } else {
        assert!(page == current, "{PAGE} is not current: `make docs` draws it anew");
    }
}
