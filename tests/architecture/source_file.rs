//! What a source file names, read from its tokens: imports, expressions, types, bounds, attributes and macros alike.

use std::{
    collections::HashSet,
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
    pub references: Vec<Reference>,
    /// The names that it declares or imports, with which a path can begin, too.
    names: HashSet<String>,
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
                } else {
                    files.push(Self::read(&path, &fs::read_to_string(&path).unwrap()));
                }
            }
        }
        let test_modules = Vec::from_iter(files.iter().flat_map(|file| file.test_modules.clone()));
        for file in &mut files {
            if test_modules.iter().any(|module| file.module.starts_with(module)) {
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
            references: Vec::new(),
            names: HashSet::new(),
            test_modules: Vec::new(),
        };
        file.tokens(code.parse().unwrap(), &Scope { module, in_test: false });
        // A path may begin with a name that is declared only after it.
        let Self { names, references, .. } = &mut file;
        references.retain(|named| !matches!(&named.target, Target::Crate(name) if names.contains(name)));
        file
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
                    } else if scope.in_test {
                        self.test_modules.push(inner.module);
                    }
                    at += 1;
                }
                (TokenTree::Ident(word), _) if word == "macro_rules" => {
                    self.names.extend(tokens.get(at + 1).map(TokenTree::to_string));
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(next))) if word == "extern" && next == "crate" => {
                    at = self.path(&tokens, at + 1, &[], true, &scope);
                }
                (TokenTree::Ident(word), Some(next)) if word == "use" && !is(Some(next), '<') => {
                    at = self.path(&tokens, at, &[], true, &scope);
                }
                (TokenTree::Ident(_), _) => at = self.path(&tokens, at - 1, &[], false, &scope),
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
    fn path(
        &mut self,
        tokens: &[TokenTree],
        mut at: usize,
        prefix: &[String],
        is_import: bool,
        scope: &Scope,
    ) -> usize {
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
                        self.path(branch, 0, &path, true, scope);
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
        let supers = path.iter().take_while(|name| *name == "super").count();
        let (path, is_inside) = match path[0].as_str() {
            "crate" => (path[1..].to_vec(), true),
            "self" => ([&scope.module, &path[1..]].concat(), true),
            "super" => {
                let ancestor = &scope.module[..scope.module.len().checked_sub(supers).unwrap()];
                ([ancestor, &path[supers..]].concat(), true)
            }
            _ => (path, false),
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

fn is(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punctuation)) if punctuation.as_char() == character)
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    is(tokens.get(at), ':') && is(tokens.get(at + 1), ':')
}

mod tests {
    use rstest::rstest;

    use super::*;

    fn named(code: &str) -> Vec<Reference> {
        SourceFile::read(Path::new("src/application/commands/example.rs"), code).references
    }

    #[rstest]
    #[case::import("use sea_orm::DbErr;", "sea_orm::DbErr")]
    #[case::import_of_a_crate("use sea_orm;", "sea_orm")]
    #[case::import_under_another_name("use sea_orm as orm; fn f() -> orm::DbErr {}", "sea_orm")]
    #[case::import_of_the_name_of_its_crate("use async_trait::async_trait;", "async_trait::async_trait")]
    #[case::import_of_everything("use crate::setup::*;", "crate::setup::*")]
    #[case::import_of_the_root("use crate::*;", "crate::*")]
    #[case::re_export("pub use super::super::super::setup::run;", "crate::setup::run")]
    #[case::use_tree("use std::{fmt}; use crate::{setup};", "crate::setup")]
    #[case::nested_use_tree("use crate::{presentation::{cli::{self}}};", "crate::presentation::cli::self")]
    #[case::use_tree_of_crates("use {std::fmt, actix_web::web};", "actix_web::web")]
    #[case::extern_crate("extern crate sea_orm;", "sea_orm")]
    #[case::global_path("fn f() -> ::sea_orm::DbErr {}", "sea_orm::DbErr")]
    #[case::expression("fn f() { let x = 1 + crate::setup::run(1); }", "crate::setup::run")]
    #[case::generic_argument("fn f() { Vec::<crate::setup::Sources>::new(); }", "crate::setup::Sources")]
    #[case::bound("fn f<T: serde::Serialize>() {}", "serde::Serialize")]
    #[case::where_clause("struct S<T>(T) where T: Send + sea_orm::Trait;", "sea_orm::Trait")]
    #[case::associated_type("type T = <u8 as sea_orm::Trait>::Output;", "sea_orm::Trait")]
    #[case::derive("#[derive(Debug, serde::Serialize)] struct S;", "serde::Serialize")]
    #[case::attribute("#[tokio::main] async fn main() {}", "tokio::main")]
    #[case::visibility("pub(in crate::setup) struct S;", "crate::setup")]
    #[case::macro_call("fn f() { actix_web::rt::join!() }", "actix_web::rt::join")]
    #[case::macro_argument("fn f() { println!(\"{}\", crate::setup::NAME); }", "crate::setup::NAME")]
    #[case::macro_definition("macro_rules! m { () => { $crate::setup::f() } }", "crate::setup::f")]
    #[case::chain_of_supers("fn f() { super::super::super::setup::f() }", "crate::setup::f")]
    #[case::supers_in_nested_modules(
        "mod a { mod b { use super::super::Example; } }",
        "crate::application::commands::example::Example"
    )]
    #[case::inner_module("mod a { use self::b::C; }", "crate::application::commands::example::a::b::C")]
    #[case::this_crate_by_its_name("use gatehouse::setup;", "gatehouse::setup")]
    fn a_path_is_found_in_every_form(#[case] code: &str, #[case] path: &str) {
        let named = named(code);
        assert_eq!(Vec::from_iter(named.iter().map(|named| named.path.as_str())), [path]);
    }

    #[rstest]
    #[case::standard_library("use std::fmt; fn f() -> fmt::Result { core::mem::drop(u32::MAX) }")]
    #[case::own_names("mod a { pub fn f() {} } enum E { A } fn f() { a::f(); E::A; Self::B; b::<u8>() }")]
    #[case::text_and_comments("/// [`crate::setup`]\nconst T: &str = \"sea_orm::DbErr\"; // actix_web::web")]
    #[case::parameters_of_macros("macro_rules! m { ($a:ident) => { $a::b() } }")]
    fn what_stays_in_the_file_is_no_path(#[case] code: &str) {
        assert!(named(code).is_empty());
    }

    #[test]
    fn a_path_leads_to_a_module_of_the_root_or_to_a_crate_and_stands_in_a_line() {
        let named = named("use crate::domain::user;\n\nfn f(role: user::Role) -> chrono::TimeDelta {}");
        let found = Vec::from_iter(named.iter().map(|named| (&named.target, named.line)));
        let [domain, chrono] = [Target::Module("domain".into()), Target::Crate("chrono".into())];
        assert_eq!(found, [(&domain, 1), (&chrono, 3)]);
    }

    #[rstest]
    #[case::module("#[cfg(test)] mod tests { mod inner { use a::A; } } use b::B;")]
    #[case::item("#[cfg(test)] use a::{A}; use b::B;")]
    #[case::function("#[cfg(test)] fn f() { a::f() } fn g() { b::g() }")]
    #[case::attribute_before("#[cfg(test)] #[allow(unused)] fn f() { a::f() } fn g() { b::g() }")]
    fn only_what_is_compiled_for_tests_alone_is_in_a_test(#[case] code: &str) {
        let found = named(code)
            .iter()
            .map(|named| (named.path[..1].to_owned(), named.in_test))
            .collect::<Vec<_>>();
        assert_eq!(found, [("a".to_owned(), true), ("b".to_owned(), false)]);
    }

    #[test]
    fn a_file_that_is_declared_for_tests_alone_is_in_a_test() {
        let testing = |file: &SourceFile| file.module.starts_with(&["application".into(), "testing".into()]);
        let files = SourceFile::all();
        assert!(
            files
                .iter()
                .filter(|file| testing(file))
                .flat_map(|file| &file.references)
                .all(|named| named.in_test)
        );
        assert!(files.iter().any(testing));
    }
}
