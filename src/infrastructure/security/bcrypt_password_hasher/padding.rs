//! Verifications that take the same time for every stored hash.

use std::sync::atomic::{AtomicU32, Ordering};

use bcrypt::{BcryptResult, HashParts};

/// Makes every verification take as long as one of the highest cost in use.
///
/// That is the configured cost, or that of a stored hash from before the configured one was lowered. Costs of stored
/// hashes are learned by verification and from [`set_highest_stored`](Self::set_highest_stored).
#[derive(Debug)]
pub(super) struct Padding {
    configured: u32,
    highest: AtomicU32,
}

impl Padding {
    /// Pads to the `configured` cost, until a higher one is known.
    pub fn new(configured: u32) -> Self {
        Self {
            configured,
            highest: AtomicU32::new(configured),
        }
    }

    /// Sets the highest cost of the stored hashes, which may have become lower.
    pub fn set_highest_stored(&self, cost: u32) {
        self.highest.store(cost.max(self.configured), Ordering::Relaxed);
    }

    /// Verifies `prepared` against `stored` by `bcrypt`, in as many rounds as the highest cost in use takes.
    ///
    /// Without a stored hash nothing matches. Fails if `stored` is not a hash of bcrypt.
    pub fn verify(
        &self,
        prepared: &str,
        stored: Option<&str>,
        bcrypt: impl Fn(&str, &str) -> BcryptResult<bool>,
    ) -> BcryptResult<bool> {
        let Some(stored) = stored else {
            let highest = self.highest.load(Ordering::Relaxed);
            return bcrypt(prepared, &dummy_hash(highest)).map(|_| false);
        };
        let matches = bcrypt(prepared, stored)?;
        let cost = stored.parse::<HashParts>()?.get_cost();
        let highest = self.highest.fetch_max(cost, Ordering::Relaxed);
        // A hash of a lower cost took 2^(highest - cost) times less. The dummies of the costs between add up to the
        // rest.
        for lower in cost..highest {
            bcrypt(prepared, &dummy_hash(lower))?;
        }
        Ok(matches)
    }
}

/// Returns a hash of `cost` that no known password matches.
fn dummy_hash(cost: u32) -> String {
    format!("$2b${cost:02}${}", ".".repeat(53))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// How many rounds a verification takes. bcrypt itself stays out of it: nothing matches.
    fn rounds(padding: &Padding, stored: Option<&str>) -> u64 {
        let rounds = Cell::new(0);
        let matches = padding.verify("prepared", stored, |_, hash| {
            rounds.set(rounds.get() + (1 << hash.parse::<HashParts>()?.get_cost()));
            Ok(false)
        });
        assert!(!matches.unwrap());
        rounds.get()
    }

    #[test]
    fn every_verification_takes_the_rounds_of_the_highest_cost_whatever_is_stored() {
        let padding = Padding::new(10);
        let expect = |highest: u32| {
            assert_eq!(rounds(&padding, None), 1 << highest);
            for cost in 4..=highest {
                assert_eq!(rounds(&padding, Some(&dummy_hash(cost))), 1 << highest, "{cost}");
            }
        };
        expect(10);
        // The configured cost was lowered, and hashes of the former one are stored.
        padding.set_highest_stored(12);
        expect(12);
        // They were renewed since.
        padding.set_highest_stored(10);
        expect(10);
        padding.set_highest_stored(4);
        expect(10);
    }

    #[test]
    fn a_higher_cost_is_learned_by_verifying_a_hash_that_has_it() {
        let padding = Padding::new(10);
        assert_eq!(rounds(&padding, Some(&dummy_hash(13))), 1 << 13);
        assert_eq!(rounds(&padding, None), 1 << 13);
        assert_eq!(rounds(&padding, Some(&dummy_hash(10))), 1 << 13);
    }

    #[test]
    fn nothing_is_learned_from_a_hash_that_bcrypt_refuses() {
        let padding = Padding::new(4);
        for stored in ["", "no hash", &dummy_hash(32), &dummy_hash(99)] {
            assert!(
                padding
                    .verify("prepared", Some(stored), |prepared, hash| bcrypt::verify(
                        prepared, hash
                    ))
                    .is_err()
            );
        }
        assert_eq!(rounds(&padding, None), 1 << 4);
    }

    #[test]
    fn a_dummy_costs_a_hash_and_matches_nothing_even_if_it_did() {
        assert!(!bcrypt::verify("anything", &dummy_hash(4)).unwrap());
        assert!(!Padding::new(4).verify("prepared", None, |_, _| Ok(true)).unwrap());
        assert!(
            Padding::new(4)
                .verify("prepared", Some(&dummy_hash(4)), |_, _| Ok(true))
                .unwrap()
        );
    }
}
