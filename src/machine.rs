//! What the machine and the build are: recorded beside every set of results, since a
//! time means nothing without them. All readings come from `/proc`; where that is
//! absent a field says `unknown` or 0.

use serde::{Deserialize, Serialize};
use std::fs;
use std::hash::Hasher;

/// The machine that results come from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine {
    /// Processor model as the kernel names it.
    pub cpu: String,
    /// Logical cores available to the process.
    pub cores: usize,
    /// Kernel name and release.
    pub kernel: String,
    /// Physical memory in bytes.
    pub memory_bytes: u64,
    /// Load average over the last minute when the run began: above 0.5, something
    /// else was running.
    pub load_average: f64,
}

/// The build that produced results.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Build {
    /// Version of this package.
    pub version: String,
    /// Commit of the sources at build time, or `unknown`.
    pub commit: String,
    /// Version of the compiler that built it.
    pub rustc: String,
    /// Whether optimizations were on.
    pub optimized: bool,
    /// Digest of the executable file: tells two builds apart.
    pub binary: String,
}

impl Machine {
    /// Reads the machine this runs on.
    pub fn read() -> Self {
        let cpuinfo = read("/proc/cpuinfo");
        Machine {
            cpu: field(&cpuinfo, "model name").unwrap_or("unknown").to_string(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: match read("/proc/sys/kernel/osrelease").trim() {
                "" => std::env::consts::OS.to_string(),
                release => format!("{} {release}", std::env::consts::OS),
            },
            memory_bytes: kib(&read("/proc/meminfo"), "MemTotal"),
            load_average: read("/proc/loadavg")
                .split_whitespace()
                .next()
                .and_then(|s| s.parse().ok())
                .unwrap_or(0.0),
        }
    }
}

impl Build {
    /// The build of the running executable.
    pub fn current() -> Self {
        let bytes = std::env::current_exe().and_then(fs::read);
        Build {
            version: env!("CARGO_PKG_VERSION").to_string(),
            commit: env!("TIERLAB_COMMIT").to_string(),
            rustc: env!("TIERLAB_RUSTC").to_string(),
            optimized: !cfg!(debug_assertions),
            binary: bytes.map_or_else(|_| "unknown".to_string(), |b| digest(&b)),
        }
    }
}

/// A 64-bit digest in hexadecimal (FNV-1a over 8-byte words): tells files apart, and is
/// no protection against intent.
pub fn digest(bytes: &[u8]) -> String {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    hasher.write(bytes);
    hasher.write_usize(bytes.len());
    format!("{:016x}", hasher.finish())
}

struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0 ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3);
            self.0 ^= self.0 >> 29;
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Peak resident memory of this process in bytes, 0 where the system does not say.
///
/// `VmHWM` is read from inside: the `ru_maxrss` of a child starts at its parent's peak.
pub fn peak_rss_bytes() -> u64 {
    kib(&read("/proc/self/status"), "VmHWM")
}

/// The present moment in UTC, as `2025-01-31T12:00:00Z`.
pub fn now_utc() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    utc(since.map_or(0, |d| d.as_secs()))
}

/// Formats seconds since 1970 (days to a civil date after Hinnant's algorithm).
fn utc(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let z = days + 719_468;
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (h, m, s) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}Z")
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find(|l| l.starts_with(name))?;
    Some(line.split_once(':')?.1.trim())
}

fn kib(text: &str, name: &str) -> u64 {
    let number = field(text, name).and_then(|v| v.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(utc(0), "1970-01-01T00:00:00Z");
        assert_eq!(utc(1_709_208_000), "2024-02-29T12:00:00Z");
        assert_eq!(utc(1_735_689_599), "2024-12-31T23:59:59Z");
    }

    #[test]
    fn digests_differ() {
        assert_ne!(digest(b"a"), digest(b"b"));
        assert_ne!(digest(b"a"), digest(b"a\0"));
        assert_eq!(digest(b"abc"), digest(b"abc"));
    }
}
