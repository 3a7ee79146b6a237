//! The harness of `tierlab`: command line, sweep, statistics, plots and reports.
//!
//! Terms used throughout:
//! - *configuration* ([`config::RunConfig`]): tier, allocator, registers, optimizer preset;
//! - *cell*: one workload under one configuration;
//! - *invocation*: one fresh process that runs a cell;
//! - *iteration*: one call of the workload's `main(n)` inside an invocation.
//!
//! [`registry`] is the one list of names; [`engine`] is the one place that knows the
//! virtual machine and the tiers; everything else works on configurations and records.

pub mod alloc;
pub mod cli;
pub mod config;
pub mod dataset;
pub mod engine;
pub mod error;
pub mod fuzz;
pub mod list;
pub mod machine;
pub mod plot;
pub mod registry;
pub mod report;
pub mod reproduce;
pub mod stats;
pub mod sweep;
pub mod tiers;
pub mod workloads;

pub use error::Error;
