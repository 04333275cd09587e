/// How many entries a list has on all pages together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// How many there are, or at least are.
    pub count: u64,
    /// Whether there are no more.
    pub is_exact: bool,
}

/// How far the entries of a list are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// Up to [`Total::CAP`], which takes a moment at the most.
    #[default]
    Capped,
    /// To the end, which takes the longer the more there are.
    Complete,
}

impl Total {
    /// How far entries are counted unless all are to be.
    pub const CAP: u64 = 1_000;

    /// The total of which so many were `counted`, as `counting` has it.
    pub fn of(counted: u64, counting: Counting) -> Self {
        let is_exact = counting.limit().is_none_or(|limit| counted < limit);
        Self {
            count: if is_exact { counted } else { Self::CAP },
            is_exact,
        }
    }
}

impl Counting {
    /// How many entries need to be counted at the most: one more than the cap, to tell whether there are more.
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
