//! No module of production code names one that leads back to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::source_file::{SourceFile, Target};

type Module = Vec<String>;

/// Entities of SeaORM relate to each other in both directions.
const EXEMPT: &str = "infrastructure::persistence::entities";

/// Which modules name which, tests aside. A name is followed through re-exports to the file that declares it, so the
/// page of a folder names what it itself uses, not what it hands on.
pub fn graph() -> BTreeMap<Module, BTreeSet<Module>> {
    let files = SourceFile::all().into_iter().filter(|file| !file.is_test);
    let files = BTreeMap::from_iter(files.map(|file| (file.module.clone(), file)));
    let mut graph = BTreeMap::new();
    for (module, file) in &files {
        let mut named = BTreeSet::new();
        for reference in file.references.iter().filter(|named| !named.in_test) {
            let path = Vec::from_iter(reference.path.split("::").skip(1).map(str::to_owned));
            let declared_in = resolve(&files, &path);
            let hands_on =
                path.last().is_some_and(|name| file.re_exports.contains_key(name)) && declared_in.starts_with(module);
            if matches!(reference.target, Target::Module(_)) && declared_in != *module && !hands_on {
                named.insert(declared_in);
            }
        }
        graph.insert(module.clone(), named);
    }
    graph
}

/// The module in whose file the last name of `path` is declared.
fn resolve(files: &BTreeMap<Module, SourceFile>, path: &[String]) -> Module {
    let length = (0..=path.len())
        .rev()
        .find(|&length| files.contains_key(&path[..length]));
    let (module, rest) = path.split_at(length.unwrap_or_default());
    let re_exports = files.get(module).map(|file| &file.re_exports);
    let (Some(name), Some(re_exports)) = (rest.first(), re_exports) else {
        return module.to_vec();
    };
    match re_exports.get(name) {
        Some(target) if target != path => resolve(files, &[target, &rest[1..]].concat()),
        _ => module.to_vec(),
    }
}

/// The same graph seen from `parent`: what its children name, each with all that is within.
pub fn children_of(
    parent: &[String],
    graph: &BTreeMap<Module, BTreeSet<Module>>,
) -> BTreeMap<Module, BTreeSet<Module>> {
    let child = |module: &Module| {
        module
            .starts_with(parent)
            .then(|| module.get(..=parent.len()).map(<[String]>::to_vec))
            .flatten()
    };
    let mut children = BTreeMap::<_, BTreeSet<_>>::new();
    for (module, named) in graph {
        let Some(from) = child(module) else { continue };
        let named = named.iter().filter_map(child).filter(|to| *to != from);
        children.entry(from.clone()).or_default().extend(named);
    }
    children
}

/// The modules that lie on a cycle or between two.
fn cyclic(mut graph: BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    loop {
        let named = BTreeSet::from_iter(graph.values().flatten().cloned());
        let before = graph.len();
        graph.retain(|module, names| !names.is_empty() && named.contains(module));
        let left = BTreeSet::from_iter(graph.keys().cloned());
        graph
            .values_mut()
            .for_each(|names| names.retain(|name| left.contains(name)));
        if graph.len() == before {
            return Vec::from_iter(graph.keys().map(|module| module.join("::")));
        }
    }
}

#[test]
fn no_file_names_one_that_leads_back_to_it() {
    let mut graph = graph();
    graph.retain(|module, _| !module.join("::").starts_with(EXEMPT));
    assert!(graph.len() > 100 && graph.values().map(BTreeSet::len).sum::<usize>() > 500);
    assert_eq!(cyclic(graph), [""; 0]);
}

#[test]
fn no_room_names_one_that_leads_back_to_it_at_any_depth() {
    let mut graph = graph();
    graph.retain(|module, _| !module.join("::").starts_with(EXEMPT));
    let parents = graph
        .keys()
        .flat_map(|module| (0..module.len()).map(|length| module[..length].to_vec()));
    for parent in BTreeSet::from_iter(parents) {
        assert_eq!(
            cyclic(children_of(&parent, &graph)),
            [""; 0],
            "in {}",
            parent.join("::")
        );
    }
}

#[test]
fn a_cycle_is_found() {
    let module = |name: &str| vec![name.to_owned()];
    let names = |names: &[&str]| BTreeSet::from_iter(names.iter().copied().map(module));
    let graph = BTreeMap::from([
        (module("a"), names(&["b"])),
        (module("b"), names(&["c", "d"])),
        (module("c"), names(&["b"])),
        (module("d"), names(&[])),
    ]);
    assert_eq!(cyclic(graph), ["b", "c"]);
}
