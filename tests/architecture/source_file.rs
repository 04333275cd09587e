//! What a source file names, read from its tokens: imports, expressions, types, bounds, attributes and macros alike.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that begins with one of these leads nowhere outside of the file.
const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16", "u32", "u64", "u8",
    "usize",
];
/// What everybody may name: the standard library, and what attributes begin with.
const STANDARD: [&str; 5] = ["alloc", "case", "clippy", "core", "std"];

/// A file under `src/`, and all that it names outside of itself.
pub struct SourceFile {
    /// Where it is, seen from the root of the package.
    pub path: PathBuf,
    /// Its module: `["domain", "user"]` for `src/domain/user/mod.rs`.
    pub module: Vec<String>,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
    pub references: Vec<Reference>,
    /// Each name that it re-exports from elsewhere in this crate, with its path. `*` stands for all names of a module.
    pub re_exports: HashMap<String, Vec<String>>,
    /// The names that it declares or imports, with which a path can begin, too.
    names: HashSet<String>,
    /// Of the names, those that lead elsewhere in this crate.
    imports: HashMap<String, Vec<String>>,
    /// The modules in other files that it declares for tests only.
    test_modules: Vec<Vec<String>>,
}

/// A path such as `crate::domain::user::User`.
pub struct Reference {
    /// The path from the root of its crate.
    pub path: String,
    pub target: Target,
    pub line: usize,
    pub in_test: bool,
}

/// Where a path leads.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A module at the root of this crate.
    Module(String),
    /// Another crate.
    Crate(String),
}

/// Where a path stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Expression,
    Import { is_public: bool },
}

#[derive(Clone)]
struct Scope {
    module: Vec<String>,
    in_test: bool,
}

impl SourceFile {
    /// Every file of the package.
    pub fn all() -> Vec<Self> {
        let mut files = Vec::new();
        let mut folders = vec![PathBuf::from("src")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    files.push(Self::read(&path, &fs::read_to_string(&path).unwrap()));
                }
            }
        }
        let test_modules = Vec::from_iter(files.iter().flat_map(|file| file.test_modules.clone()));
        for file in &mut files {
            if test_modules.iter().any(|module| file.module.starts_with(module)) {
                file.is_test = true;
                file.references.iter_mut().for_each(|named| named.in_test = true);
            }
        }
        files
    }

    fn read(path: &Path, code: &str) -> Self {
        let module = path.strip_prefix("src").unwrap().with_extension("");
        let names = module.iter().map(|name| name.to_str().unwrap().to_owned());
        let module = Vec::from_iter(names.filter(|name| !["main", "lib", "mod"].contains(&name.as_str())));
        let mut file = Self {
            path: path.to_owned(),
            module: module.clone(),
            is_test: false,
            references: Vec::new(),
            re_exports: HashMap::new(),
            names: HashSet::new(),
            imports: HashMap::new(),
            test_modules: Vec::new(),
        };
        file.tokens(code.parse().unwrap(), &Scope { module, in_test: false });
        file.resolve_names();
        file
    }

    /// Follows the paths that begin with a name of the file; it may be declared only after them. Those that stay in the
    /// file are no references.
    fn resolve_names(&mut self) {
        let Self {
            names,
            imports,
            re_exports,
            references,
            ..
        } = self;
        let resolve = |path: &[String]| Some([imports.get(path.first()?)?, &path[1..]].concat());
        for path in re_exports.values_mut() {
            if let Some(resolved) = resolve(path) {
                *path = resolved;
            }
        }
        references.retain_mut(|named| match &named.target {
            Target::Crate(name) if names.contains(name) => {
                let resolved = resolve(&Vec::from_iter(named.path.split("::").map(str::to_owned)));
                resolved.is_some_and(|path| {
                    named.path = format!("crate::{}", path.join("::"));
                    named.target = Target::Module(path[0].clone());
                    true
                })
            }
            _ => true,
        });
    }

    fn tokens(&mut self, tokens: TokenStream, scope: &Scope) {
        let tokens = Vec::from_iter(tokens);
        let mut scope = scope.clone();
        let is_test = scope.in_test;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1);
            at += 1;
            match (token, next) {
                (TokenTree::Punct(hash), Some(TokenTree::Group(attribute))) if hash.as_char() == '#' => {
                    scope.in_test |= attribute.stream().to_string().replace(' ', "") == "cfg(test)";
                }
                (TokenTree::Punct(end), _) if end.as_char() == ';' => scope.in_test = is_test,
                // A parameter of a macro.
                (TokenTree::Punct(dollar), Some(TokenTree::Ident(name)))
                    if dollar.as_char() == '$' && name != "crate" =>
                {
                    at += 1;
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(name))) if word == "mod" => {
                    let mut inner = scope.clone();
                    inner.module.push(name.to_string());
                    self.names.insert(name.to_string());
                    if let Some(TokenTree::Group(body)) = tokens.get(at + 1) {
                        self.tokens(body.stream(), &inner);
                        scope.in_test = is_test;
                        at += 1;
                    } else {
                        self.imports.insert(name.to_string(), inner.module.clone());
                        if scope.in_test {
                            self.test_modules.push(inner.module);
                        }
                    }
                    at += 1;
                }
                (TokenTree::Ident(word), _) if word == "macro_rules" => {
                    self.names.extend(tokens.get(at + 1).map(TokenTree::to_string));
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(next))) if word == "extern" && next == "crate" => {
                    at = self.path(&tokens, at + 1, &[], Place::Import { is_public: false }, &scope);
                }
                (TokenTree::Ident(word), Some(next)) if word == "use" && !is(Some(next), '<') => {
                    let is_public = tokens[..at - 1].last().is_some_and(|before| match before {
                        TokenTree::Ident(word) => word == "pub",
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
                        _ => false,
                    });
                    at = self.path(&tokens, at, &[], Place::Import { is_public }, &scope);
                }
                (TokenTree::Ident(_), _) => at = self.path(&tokens, at - 1, &[], Place::Expression, &scope),
                (TokenTree::Group(group), _) => {
                    self.tokens(group.stream(), &scope);
                    if group.delimiter() == Delimiter::Brace {
                        scope.in_test = is_test;
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads a path, or in an import a tree of them, from `at` on. Returns where it ends.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, prefix: &[String], place: Place, scope: &Scope) -> usize {
        let is_import = place != Place::Expression;
        let mut path = prefix.to_vec();
        let mut line = 0;
        if is_path_separator(tokens, at) {
            at += 2;
        }
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(name)) => {
                    path.push(name.to_string());
                    line = name.span().start().line;
                }
                Some(TokenTree::Group(branches)) if is_import => {
                    let tokens = Vec::from_iter(branches.stream());
                    for branch in tokens
                        .split(|token| is(Some(token), ','))
                        .filter(|branch| !branch.is_empty())
                    {
                        self.path(branch, 0, &path, place, scope);
                    }
                    return at + 1;
                }
                Some(TokenTree::Punct(star)) if is_import => {
                    path.push(star.as_char().to_string());
                    line = star.span().start().line;
                }
                _ => break,
            }
            at += 1;
            if !is_path_separator(tokens, at) {
                break;
            }
            at += 2;
        }
        if is_import {
            let declared = match &tokens[at.min(tokens.len())..] {
                [TokenTree::Ident(word), TokenTree::Ident(alias), ..] if word == "as" => Some(alias.to_string()),
                _ => path.iter().rfind(|name| *name != "self").cloned(),
            };
            if let (Some(name), Place::Import { is_public: true }, false) = (&declared, place, scope.in_test) {
                self.re_exports.insert(
                    name.clone(),
                    path_from_root(&path, scope).unwrap_or_else(|| path.clone()),
                );
            }
            if let (Some(name), Some(path)) = (&declared, path_from_root(&path, scope)) {
                self.imports.entry(name.clone()).or_insert(path);
            }
            // What is imported by the name of its crate, such as `async_trait::async_trait`, does not hide the crate.
            self.names.extend(declared.filter(|name| *name != path[0]));
        }
        if is_import || path.len() > 1 {
            self.reference(path, line, scope);
        }
        at
    }

    fn reference(&mut self, path: Vec<String>, line: usize, scope: &Scope) {
        let begins_a_type = path[0].starts_with(|first: char| first.is_uppercase());
        if begins_a_type || PRIMITIVES.contains(&path[0].as_str()) || STANDARD.contains(&path[0].as_str()) {
            return;
        }
        let (path, is_inside) = match path_from_root(&path, scope) {
            Some(path) => (path, true),
            None => (path, false),
        };
        let first = path.first().cloned().unwrap_or_default();
        let text = path.join("::");
        self.references.push(Reference {
            path: if is_inside { format!("crate::{text}") } else { text },
            target: if is_inside {
                Target::Module(first)
            } else {
                Target::Crate(first)
            },
            line,
            in_test: scope.in_test,
        });
    }
}

/// The path from the root of this crate, if it says itself that it leads there.
fn path_from_root(path: &[String], scope: &Scope) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    match path[0].as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([&scope.module, &path[1..]].concat()),
        "super" => {
            let ancestor = &scope.module[..scope.module.len().checked_sub(supers).unwrap()];
            Some([ancestor, &path[supers..]].concat())
        }
        _ => None,
    }
}

fn is(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punctuation)) if punctuation.as_char() == character)
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    is(tokens.get(at), ':') && is(tokens.get(at + 1), ':')
}

mod tests;
