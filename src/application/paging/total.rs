/// The number of entries on all pages together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// The number of entries, or a lower bound.
    pub count: u64,
    /// Whether `count` is exact.
    pub is_exact: bool,
}

/// How many entries of a list are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// Up to [`Total::CAP`], which is fast.
    #[default]
    Capped,
    /// All entries, which takes longer the more there are.
    Complete,
}

impl Total {
    /// The number of entries at which [`Counting::Capped`] stops.
    pub const CAP: u64 = 1_000;

    /// Returns the total after `counted` entries were counted.
    pub fn of(counted: u64, counting: Counting) -> Self {
        let is_exact = counting.limit().is_none_or(|limit| counted < limit);
        Self {
            count: if is_exact { counted } else { Self::CAP },
            is_exact,
        }
    }
}

impl Counting {
    /// Returns how many entries to count: one more than the cap, to detect that there are more.
    pub fn limit(self) -> Option<u64> {
        match self {
            Self::Capped => Some(Total::CAP + 1),
            Self::Complete => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_exact_up_to_the_cap_or_if_all_were_counted() {
        for (counted, counting, count, is_exact) in [
            (0, Counting::Capped, 0, true),
            (1_000, Counting::Capped, 1_000, true),
            (1_001, Counting::Capped, 1_000, false),
            (1_001, Counting::Complete, 1_001, true),
        ] {
            assert_eq!(Total::of(counted, counting), Total { count, is_exact });
        }
    }
}
