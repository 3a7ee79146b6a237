//! temp
use std::io::Read;
fn main() {
    let mut all = Vec::new();
    std::io::stdin().read_to_end(&mut all).unwrap();
    let mut at = 0;
    while at < all.len() {
        let n = u32::from_le_bytes(all[at..at + 4].try_into().unwrap()) as usize;
        let t = std::time::Instant::now();
        match tierlab_frontend::compile_source("f", &all[at + 4..at + 4 + n]) {
            Ok(c) => { tierlab_frontend::check::check(&c).unwrap(); println!("OK {}", t.elapsed().as_millis()) }
            Err(e) => println!("{:?} {}:{} {}", e.kind, e.line, e.column, e.message.replace('\n', " ")),
        }
        at += 4 + n;
    }
}
