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
    assert_eq!(found, [(&domain, 1), (&domain, 3), (&chrono, 3)]);
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
