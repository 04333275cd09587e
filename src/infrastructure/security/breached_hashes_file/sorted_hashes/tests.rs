use std::{
    collections::BTreeSet,
    io::{self, Cursor},
    iter,
};

use proptest::{collection::vec, prelude::*, sample::select};
use rstest::rstest;

use super::*;

fn sorted(text: &str) -> SortedHashes<Cursor<&[u8]>> {
    SortedHashes::new(Cursor::new(text.as_bytes())).unwrap()
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash with this number in its first bytes.
fn hash(number: u32) -> Hash {
    let mut hash = Hash::default();
    hash[..4].copy_from_slice(&number.to_be_bytes());
    hash
}

fn file_of(numbers: impl IntoIterator<Item = u32>) -> String {
    numbers.into_iter().map(|number| hex(&hash(number)) + "\n").collect()
}

#[test]
fn a_file_without_a_line_is_no_file_of_hashes() {
    let refusal = SortedHashes::new(Cursor::new(b"")).err();
    assert!(matches!(refusal, Some(SortedHashesError::Empty)));
}

#[rstest]
fn each_hash_of_a_file_is_found_and_no_other(
    #[values(1, 2, 3, 99, 100, 101, 5_000)] count: u32,
    #[values("\n", "\r\n")] end: &str,
    #[values("", ":1", ":18446744073709551615")] suffix: &str,
    #[values(false, true)] is_upper_case: bool,
    #[values(false, true)] has_last_end: bool,
) {
    let lines = (0..count).map(|number| {
        let digits = hex(&hash(2 * number + 1));
        let digits = if is_upper_case { digits.to_uppercase() } else { digits };
        format!("{digits}{suffix}{end}")
    });
    let mut text = lines.collect::<String>();
    if !has_last_end {
        text.truncate(text.len() - end.len());
    }
    let mut file = sorted(&text);
    file.check(Extent::Whole).unwrap();
    file.check(Extent::Sample).unwrap();
    let step = (count / 100 + 1) as usize;
    for number in (0..count).step_by(step).chain([count - 1]) {
        assert!(file.contains(&hash(2 * number + 1)).unwrap(), "{number}");
        assert!(!file.contains(&hash(2 * number)).unwrap(), "{number}");
    }
    assert!(!file.contains(&hash(2 * count)).unwrap());
    assert!(!file.contains(&[0xff; 20]).unwrap());
}

#[test]
fn a_hash_that_is_there_many_times_is_found() {
    let text = file_of(iter::repeat_n(7, 500).chain([8]));
    sorted(&text).check(Extent::Whole).unwrap();
    for (number, expected) in [(6, false), (7, true), (8, true), (9, false)] {
        assert_eq!(sorted(&text).contains(&hash(number)).unwrap(), expected, "{number}");
    }
}

/// Counts what is read.
struct Counted<'a> {
    lines: Cursor<&'a [u8]>,
    reads: usize,
    bytes: usize,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        self.bytes += buffer.len();
        self.lines.read(buffer)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.lines.seek(to)
    }
}

#[test]
fn a_look_up_and_a_sample_read_little_of_a_large_file() {
    let text = file_of(0..200_000);
    let lines = Cursor::new(text.as_bytes());
    let (reads, bytes) = (0, 0);
    let mut file = SortedHashes::new(Counted { lines, reads, bytes }).unwrap();
    assert!(file.contains(&hash(123_456)).unwrap());
    assert!(file.lines.reads < 16 && file.lines.bytes < 8_000);
    file.check(Extent::Sample).unwrap();
    assert!(file.lines.bytes < 1_200_000, "{}", file.lines.bytes);
}

#[rstest]
#[case::text("correct horse battery staple\n")]
#[case::empty_line("\n")]
#[case::one_digit_less("a94a8fe5ccb19ba61c4c0873d391e987982fbbd\n")]
#[case::ntlm("8846f7eaee8fb117ad06bdd830b7586c:9\n")]
#[case::no_digit("a94a8fe5ccb19ba61c4c0873d391e987982fbbdg\n")]
#[case::sign("+94a8fe5ccb19ba61c4c0873d391e987982fbbd3\n")]
#[case::no_count("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3:\n")]
#[case::no_number("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3:-1\n")]
#[case::long_number("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3:123456789012345678901\n")]
#[case::something_behind("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 9\n")]
fn a_line_of_something_else_is_refused(#[case] line: &str) {
    for (text, offset) in [(line.to_owned(), 0), (file_of(0..2) + line, 82)] {
        let refusal = sorted(&text).check(Extent::Sample);
        assert!(
            matches!(refusal, Err(SortedHashesError::MalformedAt(at)) if at == offset),
            "{refusal:?}"
        );
        let lookup = sorted(&text).contains(&[0xff; 20]);
        assert!(matches!(lookup, Err(SortedHashesError::Malformed)), "{lookup:?}");
    }
}

#[test]
fn one_endless_line_is_refused() {
    let text = "a".repeat(100_000);
    for extent in [Extent::Sample, Extent::Whole] {
        let refusal = sorted(&text).check(extent);
        assert!(matches!(refusal, Err(SortedHashesError::MalformedAt(0))), "{refusal:?}");
    }
    assert!(matches!(
        sorted(&text).contains(&hash(1)),
        Err(SortedHashesError::Malformed)
    ));
}

#[test]
fn a_whole_check_finds_every_line_out_of_order_and_a_sample_a_file_that_is_not_sorted() {
    let one_out_of_order = file_of((0..100_000).map(|number| if number == 77_777 { 5 } else { number }));
    let refusal = sorted(&one_out_of_order).check(Extent::Whole);
    assert!(
        matches!(refusal, Err(SortedHashesError::UnsortedAt(offset)) if offset == 77_777 * 41),
        "{refusal:?}"
    );
    let backwards = file_of((0..100_000).rev());
    let refusal = sorted(&backwards).check(Extent::Sample);
    assert!(matches!(refusal, Err(SortedHashesError::UnsortedAt(41))), "{refusal:?}");
}

#[test]
fn a_sample_sees_the_end() {
    let cut = file_of(0..100_000);
    let cut = &cut[..cut.len() - 7];
    let refusal = sorted(cut).check(Extent::Sample);
    assert!(
        matches!(refusal, Err(SortedHashesError::MalformedAt(offset)) if offset == 99_999 * 41),
        "{refusal:?}"
    );
}

#[test]
fn a_file_that_becomes_shorter_during_a_look_up_is_an_error() {
    let text = file_of(0..1000);
    let mut file = sorted(&text);
    file.lines = Cursor::new(&text.as_bytes()[..20]);
    assert!(matches!(file.contains(&hash(5)), Err(SortedHashesError::Unreadable(_))));
}

proptest! {
    #[test]
    fn a_file_holds_what_a_set_holds(
        numbers in vec(0..3_000_u32, 1..600),
        looked_up in vec(0..3_000_u32, 20),
        ends in vec(select(&["\n", "\r\n", ":7\n", ":18446744073709551615\r\n"][..]), 600),
    ) {
        let mut numbers = numbers;
        numbers.sort_unstable();
        let set = BTreeSet::from_iter(&numbers);
        let text = numbers.iter().zip(&ends).map(|(number, end)| hex(&hash(*number)) + end).collect::<String>();
        let mut file = sorted(&text);
        file.check(Extent::Whole).unwrap();
        for number in looked_up.iter().chain(numbers.iter().step_by(20)) {
            prop_assert_eq!(file.contains(&hash(*number)).unwrap(), set.contains(number));
        }
    }

    #[test]
    fn no_file_makes_a_check_or_a_look_up_panic_or_loop(bytes in vec(any::<u8>(), 1..10_000), number in any::<u32>()) {
        let mut file = SortedHashes::new(Cursor::new(bytes)).unwrap();
        let _ = file.check(Extent::Sample);
        let _ = file.check(Extent::Whole);
        let _ = file.contains(&hash(number));
    }
}
