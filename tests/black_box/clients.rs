//! Clients that are generated from the OpenAPI document: the examples do what their READMEs show, by the commands given
//! there.

use std::{fs, path::Path};

use regex_lite::Regex;
use test_database::DatabaseKind;

use crate::support::{PASSWORD, Page, Server, shell_lines};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

/// How many seconds the commands of an example may take, downloads included.
const TIME_LIMIT: &str = "300";

#[test]
#[ignore = "needs Node.js"]
fn the_typescript_client_does_what_its_readme_shows() {
    let script = shell_lines("examples/typescript/README.md", "A client in TypeScript");
    does_what_its_readme_shows("typescript", &script);
}

#[test]
#[ignore = "needs Python"]
fn the_python_client_does_what_its_readme_shows() {
    let script = shell_lines("examples/python/README.md", "A client in Python");
    does_what_its_readme_shows("python", &script);
}

fn does_what_its_readme_shows(example: &str, script: &str) {
    let server = Server::start(DatabaseKind::Sqlite);
    server
        .run_with_password(&["create-super-admin", "root.admin"], PASSWORD)
        .succeeded();
    let directory = server.directory().join(example);
    copy_files(&Path::new(EXAMPLES).join(example), &directory);
    let script = script.replace("http://127.0.0.1:8000", server.base_url());

    let output = assert_cmd::Command::new("timeout")
        .args([TIME_LIMIT, "bash", "-e", "-c", &script])
        .current_dir(&directory)
        .write_stdin(format!("{PASSWORD}\n"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complaints}");

    let shown = Page::read(&format!("examples/{example}/README.md")).blocks_in("text");
    let first = shown.split(':').next().unwrap();
    let told = said.find(first).map(|start| &said[start..]);
    assert_eq!(
        told.map(without_names_and_times),
        Some(without_names_and_times(&shown)),
        "{said}\n{complaints}"
    );
}

/// Copies the files of a folder and leaves out its folders, which its commands have made.
fn copy_files(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// The text, with a word in the place of names and times that are other ones every time.
fn without_names_and_times(text: &str) -> String {
    let other_every_time = Regex::new(r"ada\.[0-9a-f]{8}|until .*").unwrap();
    other_every_time.replace_all(text, "[other]").into_owned()
}
