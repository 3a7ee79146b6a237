//! Captures what a result's manifest must name and only the build knows: the
//! compiler's version and, where the sources are a git checkout, the commit.

use std::path::Path;
use std::process::Command;

fn main() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_string());
    let version = first_line(Command::new(rustc).arg("-V"));
    let commit = first_line(Command::new("git").args(["rev-parse", "HEAD"]));
    println!("cargo::rustc-env=TIERLAB_RUSTC={version}");
    println!("cargo::rustc-env=TIERLAB_COMMIT={commit}");
    println!("cargo::rerun-if-changed=build.rs");
    // A path that does not exist would make cargo run this script at every build.
    for path in [".git/HEAD", ".git/logs/HEAD"] {
        if Path::new(path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
}

/// The first line a command prints, or `unknown` where it fails.
fn first_line(command: &mut Command) -> String {
    command
        .output()
        .ok()
        .filter(|out| out.status.success())
        .and_then(|out| Some(String::from_utf8(out.stdout).ok()?.lines().next()?.to_string()))
        .unwrap_or_else(|| "unknown".to_string())
}
