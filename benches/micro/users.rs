//! Users, from what is stored of them to what is shown.

use std::hint::black_box;

use criterion::Criterion;
use gatehouse::{
    application::views::UserView,
    domain::user::{PasswordHash, Role, User, UserState, Username},
};

use crate::people::{NOW, PASSWORD_HASH, user};

pub fn bench(criterion: &mut Criterion) {
    let user = user(0, Role::User);

    let mut group = criterion.benchmark_group("users");
    for name in ["alice", "Some-body_20.letters"] {
        group.bench_function(format!("username/{}", name.len()), |bencher| {
            bencher.iter(|| Username::new(black_box(name)).unwrap())
        });
    }
    group.bench_function("restore", |bencher| {
        bencher.iter(|| {
            User::restore(UserState {
                id: user.id(),
                username: Username::new(black_box("Somebody.000")).unwrap(),
                password_hash: Some(PasswordHash::new(black_box(PASSWORD_HASH))),
                role: user.role(),
                is_active: true,
                credentials_generation: 0,
                created_at: NOW,
                updated_at: NOW,
            })
        });
    });
    group.bench_function("view", |bencher| bencher.iter(|| UserView::from(black_box(&user))));
    group.finish();
}
