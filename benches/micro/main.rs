//! What single steps of a request cost, without a server around them.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should say where")]

mod access_tokens;
mod authorization;
mod people;
mod storage;
mod users;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    access_tokens::bench(&mut criterion);
    authorization::bench(&mut criterion);
    users::bench(&mut criterion);
    storage::bench(&mut criterion);
    criterion.final_summary();
}
