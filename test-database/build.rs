//! Lets the tests know when they are built whether there is a PostgreSQL server for them: a test is ignored when it is
//! built, or never.

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(postgres)");
    println!("cargo::rerun-if-env-changed=TEST_POSTGRES_URL");
    if env::var_os("TEST_POSTGRES_URL").is_some_and(|url| !url.is_empty()) {
        println!("cargo::rustc-cfg=postgres");
    }
}
