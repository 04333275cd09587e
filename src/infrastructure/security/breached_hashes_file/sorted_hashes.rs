use std::{
    cmp::Ordering,
    io::{self, Read, Seek, SeekFrom},
};

use thiserror::Error;
use zeroize::Zeroizing;

/// A SHA-1 hash.
pub type Hash = [u8; 20];

/// How many bytes are read at once, at most.
const BLOCK: u64 = 4096;

/// The longest line with its end: 40 digits, a colon, a count of 64 bits, CR and LF.
const MAX_LINE: u64 = 40 + 1 + 20 + 2;

/// How many blocks a check reads that does not read them all.
const SAMPLES: u64 = 256;

/// Lines of SHA-1 hashes in hexadecimal, sorted, of which only a few are ever in memory.
///
/// A line can have `:` and a count behind the hash, and ends with LF or CRLF. The last line may have no end.
pub struct SortedHashes<R> {
    lines: R,
    size: u64,
}

/// What is wrong with the lines.
#[derive(Debug, Error)]
pub enum SortedHashesError {
    /// They cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// There are none, perhaps because a download broke off.
    #[error("it is empty")]
    Empty,
    /// A line is none of a hash. Where it is would tell which hash was looked up.
    #[error("a line has no SHA-1 hash of 40 hexadecimal digits, alone or before a colon and a count")]
    Malformed,
    /// The line at this offset, in bytes, is none of a hash.
    #[error("the line at byte {0} has no SHA-1 hash of 40 hexadecimal digits, alone or before a colon and a count")]
    MalformedAt(u64),
    /// The hash at this offset, in bytes, is less than one before it.
    #[error("the hashes are not sorted: the one at byte {0} is less than one before it")]
    UnsortedAt(u64),
}

/// How much of the lines is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Blocks at regular distances, the first and the last among them.
    Sample,
    /// Every line.
    Whole,
}

impl From<io::Error> for SortedHashesError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

impl<R: Read + Seek> SortedHashes<R> {
    /// Takes `lines`, of which at least one is expected.
    ///
    /// # Errors
    /// [`SortedHashesError::Empty`] and [`SortedHashesError::Unreadable`].
    pub fn new(mut lines: R) -> Result<Self, SortedHashesError> {
        let size = lines.seek(SeekFrom::End(0))?;
        if size == 0 {
            return Err(SortedHashesError::Empty);
        }
        Ok(Self { lines, size })
    }

    /// Returns whether `hash` is among them, by a binary search over offsets.
    ///
    /// # Errors
    /// [`SortedHashesError::Unreadable`], and [`SortedHashesError::Malformed`] if that is met.
    pub fn contains(&mut self, hash: &Hash) -> Result<bool, SortedHashesError> {
        // Both are the start of a line, or the end.
        let (mut low, mut high) = (0, self.size);
        while high - low > BLOCK {
            let middle = low + (high - low) / 2;
            let bytes = self.read(middle, 2 * MAX_LINE)?;
            let mut lines = lines(&bytes);
            // The first one began before the middle.
            let start = middle + lines.next().unwrap_or_default().len() as u64;
            let line = lines.next().unwrap_or_default();
            match hash.cmp(&parse(line).ok_or(SortedHashesError::Malformed)?) {
                Ordering::Less => high = start,
                Ordering::Equal => return Ok(true),
                Ordering::Greater => low = start + line.len() as u64,
            }
        }
        for line in lines(&self.read(low, high - low)?) {
            if parse(line).ok_or(SortedHashesError::Malformed)? == *hash {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Checks that the lines are those of hashes, and sorted.
    ///
    /// # Errors
    /// See [`SortedHashesError`].
    pub fn check(&mut self, extent: Extent) -> Result<(), SortedHashesError> {
        let gap = match extent {
            Extent::Sample => (self.size / SAMPLES).saturating_sub(BLOCK),
            Extent::Whole => 0,
        };
        let (mut offset, mut last) = (0, Hash::default());
        while offset < self.size {
            let block_start = offset;
            for line in lines(&self.read(block_start, BLOCK)?) {
                let end = offset + line.len() as u64;
                if !line.ends_with(b"\n") && end < self.size && offset > block_start {
                    // The block ends within this line, which the next one begins with.
                    break;
                }
                let hash = parse(line).ok_or(SortedHashesError::MalformedAt(offset))?;
                if hash < last {
                    return Err(SortedHashesError::UnsortedAt(offset));
                }
                (offset, last) = (end, hash);
            }
            let next = (offset + gap).min(self.size.saturating_sub(BLOCK));
            if next > offset {
                offset = self.next_line(next)?;
            }
        }
        Ok(())
    }

    /// Returns the start of the first line behind the one that `offset` is in.
    fn next_line(&mut self, offset: u64) -> Result<u64, SortedHashesError> {
        let bytes = self.read(offset, MAX_LINE)?;
        let line = lines(&bytes).next().unwrap_or_default();
        if !line.ends_with(b"\n") {
            return Err(SortedHashesError::Malformed);
        }
        Ok(offset + line.len() as u64)
    }

    /// Reads `length` bytes from `offset` on, or up to the end.
    fn read(&mut self, offset: u64, length: u64) -> Result<Zeroizing<Vec<u8>>, SortedHashesError> {
        let length = length.min(self.size - offset) as usize;
        // What was read last tells nearly which hash was looked up.
        let mut bytes = Zeroizing::new(vec![0; length]);
        self.lines.seek(SeekFrom::Start(offset))?;
        self.lines.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Returns the lines with their ends.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

/// Returns the hash of a line with its end.
fn parse(line: &[u8]) -> Option<Hash> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (digits, rest) = line.split_at_checked(40)?;
    let is_count = |count: &[u8]| (1..=20).contains(&count.len()) && count.iter().all(u8::is_ascii_digit);
    if !rest.is_empty() && !rest.strip_prefix(b":").is_some_and(is_count) {
        return None;
    }
    let mut hash = Hash::default();
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(16 * digit(pair[0])? + digit(pair[1])?).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests;
