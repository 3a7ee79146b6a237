//! `tierlab plot`: figures of a results directory, each as SVG and PNG.
//!
//! The font travels inside the binary, so figures come out on a machine without any.
//! A figure whose data are missing is named with what it lacks, and the others are
//! drawn. Every figure knows nothing of files: [`Figure::draw`] draws on any backend.

mod memory;
mod pareto;
mod registers;
mod releases;
mod sharp;
mod style;
mod warmup;

use crate::dataset::Dataset;
use crate::error::Error;
use plotters::coord::Shift;
use plotters::prelude::*;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// The name of the folder for figures inside a results directory.
pub const FOLDER: &str = "plots";
/// Width and height of every figure, in pixels of the SVG; the PNG has twice as many.
const SIZE: (u32, u32) = (1200, 750);

type Drawn = Result<(), Box<dyn std::error::Error + Send + Sync>>;
type Area<DB> = DrawingArea<DB, Shift>;

/// One figure, with the data it shows.
trait Figure: Sized {
    /// File name without extension.
    const NAME: &'static str;

    /// Takes what it needs from the results; the error says what is missing.
    fn prepare(data: &Dataset) -> Result<Self, String>;

    /// Draws on an empty area of [`SIZE`].
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>) -> Drawn
    where
        DB::ErrorType: 'static;
}

/// What plotting made and what it could not.
#[derive(Debug, Default)]
pub struct Plots {
    /// Files written.
    pub files: Vec<PathBuf>,
    /// Figures left out: name and what is missing.
    pub missing: Vec<(String, String)>,
}

/// Draws every figure that the results allow into `dir/plots`.
pub fn plot(data: &Dataset, dir: &Path) -> Result<Plots, Error> {
    style::register_font()?;
    let dir = dir.join(FOLDER);
    std::fs::create_dir_all(&dir).map_err(|e| Error::io("create", &dir, &e))?;
    let figures: [fn(&Dataset, &Path) -> Made; 4 + registers::QUANTITIES] = [
        make::<pareto::Pareto>,
        make::<releases::Releases>,
        make::<registers::Registers<0>>,
        make::<registers::Registers<1>>,
        make::<registers::Registers<2>>,
        make::<registers::Registers<3>>,
        make::<registers::Registers<4>>,
        make::<memory::Memory>,
        make::<warmup::Warmup>,
    ];
    let made: Vec<Made> = figures.par_iter().map(|make| make(data, &dir)).collect();
    let mut plots = Plots::default();
    for made in made {
        match made? {
            Ok(files) => plots.files.extend(files),
            Err(missing) => plots.missing.push(missing),
        }
    }
    Ok(plots)
}

type Made = Result<Result<[PathBuf; 2], (String, String)>, Error>;

fn make<F: Figure>(data: &Dataset, dir: &Path) -> Made {
    let figure = match F::prepare(data) {
        Ok(figure) => figure,
        Err(missing) => return Ok(Err((F::NAME.to_string(), missing))),
    };
    let svg = dir.join(format!("{}.svg", F::NAME));
    let png = dir.join(format!("{}.png", F::NAME));
    finish(&figure, SVGBackend::new(&svg, SIZE), &svg)?;
    let pixels = (SIZE.0 * sharp::SCALE, SIZE.1 * sharp::SCALE);
    finish(&figure, sharp::Sharp(BitMapBackend::new(&png, pixels)), &png)?;
    Ok(Ok([svg, png]))
}

fn finish<F: Figure, DB: DrawingBackend>(figure: &F, backend: DB, path: &Path) -> Result<(), Error>
where
    DB::ErrorType: 'static,
{
    let area = backend.into_drawing_area();
    let draw = || -> Drawn {
        area.fill(&WHITE)?;
        figure.draw(&area)?;
        area.present()?;
        Ok(())
    };
    draw().map_err(|e| Error::failed(format!("cannot draw {}: {e}", path.display())))
}
