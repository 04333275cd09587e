//! Every permission, asked for by somebody who has it.

use std::hint::black_box;

use criterion::Criterion;
use gatehouse::{
    application::{
        access::{Actor, Credential, Permission, authorize},
        audit_trail::Provenance,
        views::UserView,
    },
    domain::{secret::Secret, session::AuthSessionId, user::Role},
};

use crate::people::{NOW, user};

pub fn bench(criterion: &mut Criterion) {
    let actor = Actor {
        user: UserView::from(&user(0, Role::SuperAdmin)),
        credential: Credential::Session {
            id: AuthSessionId::new(NOW, [0; 10]),
            expires_at: NOW,
            digest: Secret::new([0; 32]).digest(),
        },
        provenance: Provenance::default(),
    };
    let target = user(1, Role::User);

    let mut group = criterion.benchmark_group("authorize");
    for (name, permission) in [
        ("read_users", Permission::ReadUsers),
        ("read_audit_events", Permission::ReadAuditEvents),
        ("manage", Permission::manage_user(&target)),
    ] {
        assert_eq!(authorize(&actor, permission), Ok(()));
        group.bench_function(name, |bencher| {
            bencher.iter(|| authorize(black_box(&actor), black_box(permission)))
        });
    }
    group.finish();
}
