//! Enums whose variants have stable names.

/// Defines an enum whose variants have stable names in storage and for clients.
macro_rules! named_enum {
    ($(#[$attribute:meta])* $enum:ident {
        $($(#[$of_variant:meta])* $variant:ident: $name:literal,)+
    }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum {
            $($(#[$of_variant])* $variant,)+
        }

        impl $enum {
            /// All variants.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the stable name, in snake case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Returns the variant with this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

pub(super) use named_enum;

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fmt::Debug};

    use crate::application::audit_trail::{AuditAction, AuditActorKind, RefusalReason};

    fn assert_named<T: Copy + Debug + PartialEq>(all: &[T], name: fn(T) -> &'static str, named: fn(&str) -> Option<T>) {
        let names: HashSet<_> = all.iter().map(|one| name(*one)).collect();
        assert_eq!(names.len(), all.len());
        for one in all {
            assert_eq!(named(name(*one)), Some(*one));
        }
        assert_eq!(named("something else"), None);
    }

    #[test]
    fn each_is_found_by_its_name_alone() {
        assert_named(AuditAction::ALL, AuditAction::name, AuditAction::named);
        assert_named(AuditActorKind::ALL, AuditActorKind::name, AuditActorKind::named);
        assert_named(RefusalReason::ALL, RefusalReason::name, RefusalReason::named);
    }
}
