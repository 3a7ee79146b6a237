//! `results.jsonl`: append-only, one JSON object per line and invocation.
//!
//! A line is written whole and synced before the next invocation starts, so that a
//! kill can only break the last line. Opening names a broken last line and cuts it off,
//! so that its invocation is redone; a broken line elsewhere (somebody edited the file)
//! is named and skipped, and stays in the file. A lock keeps a second sweep out.

use super::Record;
use crate::error::Error;
use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The file's name inside a results directory.
pub const FILE: &str = "results.jsonl";

/// An open results file.
#[derive(Debug)]
pub struct Store {
    file: File,
    path: PathBuf,
    records: Vec<Record>,
    done: HashSet<(String, u32)>,
    notes: Vec<String>,
}

impl Store {
    /// Opens or creates `dir/results.jsonl` and reads what is there.
    pub fn open(dir: &Path) -> Result<Store, Error> {
        let path = dir.join(FILE);
        let io = |action: &str, e: &std::io::Error| Error::io(action, &path, e);
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(|e| io("open", &e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::failed(format!(
                    "{} is being written by another sweep; wait for it or give another --out",
                    path.display()
                )));
            }
            Err(TryLockError::Error(e)) => return Err(io("lock", &e)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| io("read", &e))?;
        let parsed = parse(&bytes, &path);
        if parsed.keep < bytes.len() {
            file.set_len(parsed.keep as u64).map_err(|e| io("repair", &e))?;
            file.seek(SeekFrom::End(0)).map_err(|e| io("repair", &e))?;
        } else if bytes.last().is_some_and(|b| *b != b'\n') {
            file.write_all(b"\n").map_err(|e| io("repair", &e))?;
        }
        let done = parsed.records.iter().map(|r| (r.cell_key(), r.invocation)).collect();
        Ok(Store { file, path, records: parsed.records, done, notes: parsed.notes })
    }

    /// What was found broken, for the user.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Every whole record, those of this run included.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Whether an invocation of a cell is on disk.
    pub fn has(&self, cell_key: &str, invocation: u32) -> bool {
        self.done.contains(&(cell_key.to_string(), invocation))
    }

    /// Writes one line and waits until the disk has it.
    pub fn append(&mut self, record: Record) -> Result<(), Error> {
        let mut line = serde_json::to_string(&record)
            .map_err(|e| Error::failed(format!("cannot encode a result: {e}")))?;
        line.push('\n');
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(|e| Error::io("write", &self.path, &e))?;
        self.done.insert((record.cell_key(), record.invocation));
        self.records.push(record);
        Ok(())
    }
}

/// Reads the records of a directory without locking or repairing the file; broken
/// lines are named in the second part.
pub fn read(dir: &Path) -> Result<(Vec<Record>, Vec<String>), Error> {
    let path = dir.join(FILE);
    let bytes = std::fs::read(&path).map_err(|e| {
        Error::failed(format!(
            "cannot read {}: {e}; is it a directory made by `tierlab sweep`?",
            path.display()
        ))
    })?;
    let parsed = parse(&bytes, &path);
    Ok((parsed.records, parsed.notes))
}

struct Parsed {
    records: Vec<Record>,
    notes: Vec<String>,
    /// Bytes up to the end of the last line that is not a broken last line.
    keep: usize,
}

fn parse(bytes: &[u8], path: &Path) -> Parsed {
    let mut parsed = Parsed { records: Vec::new(), notes: Vec::new(), keep: bytes.len() };
    let mut start = 0;
    for (index, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
        let end = start + line.len();
        let blank = line.iter().all(u8::is_ascii_whitespace);
        match serde_json::from_slice::<Record>(line) {
            Ok(record) => parsed.records.push(record),
            Err(_) if blank => {}
            Err(e) => {
                let place = format!("{}:{}", path.display(), index + 1);
                if end == bytes.len() {
                    parsed.keep = start;
                    parsed.notes.push(format!(
                        "{place}: the last line is broken ({e}); its invocation is measured again"
                    ));
                } else {
                    parsed.notes.push(format!("{place}: skipped a broken line ({e})"));
                }
            }
        }
        start = end;
    }
    parsed
}
