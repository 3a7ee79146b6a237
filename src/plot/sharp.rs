//! A drawing backend that draws everything at twice the size on another one: figures
//! are laid out once, in SVG units, and come out sharp as pixels. Glyphs are placed on
//! whole pixels, so that small text is also spaced better.

use plotters::prelude::{FontDesc, TextStyle};
use plotters::style::RGBAColor;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

/// Pixels per unit, along each axis.
pub const SCALE: u32 = 2;

/// The backend around another.
pub struct Sharp<B>(pub B);

/// A line style with its width scaled.
struct Wide<'a, S>(&'a S);

impl<S: BackendStyle> BackendStyle for Wide<'_, S> {
    fn color(&self) -> BackendColor {
        self.0.color()
    }

    fn stroke_width(&self) -> u32 {
        self.0.stroke_width() * SCALE
    }
}

fn scaled((x, y): BackendCoord) -> BackendCoord {
    (x * SCALE as i32, y * SCALE as i32)
}

type Result<B> = std::result::Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

impl<B: DrawingBackend> DrawingBackend for Sharp<B> {
    type ErrorType = B::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.0.get_size();
        (width / SCALE, height / SCALE)
    }

    fn ensure_prepared(&mut self) -> Result<B> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Result<B> {
        self.0.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Result<B> {
        let (x, y) = scaled(point);
        let side = SCALE as i32 - 1;
        self.0.draw_rect((x, y), (x + side, y + side), &color, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<B> {
        self.0.draw_line(scaled(from), scaled(to), &Wide(style))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<B> {
        self.0.draw_rect(scaled(upper_left), scaled(bottom_right), &Wide(style), fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<B> {
        self.0.draw_path(path.into_iter().map(scaled), &Wide(style))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<B> {
        self.0.draw_circle(scaled(center), radius * SCALE, &Wide(style), fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Result<B> {
        self.0.fill_polygon(corners.into_iter().map(scaled), &Wide(style))
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        at: BackendCoord,
    ) -> Result<B> {
        let size = style.size() * f64::from(SCALE);
        let font = FontDesc::new(style.family(), size, style.style()).transform(style.transform());
        let BackendColor { rgb: (r, g, b), alpha } = style.color();
        let ink = RGBAColor(r, g, b, alpha);
        let large = TextStyle::from(font).color(&ink).pos(style.anchor());
        self.0.draw_text(text, &large, scaled(at))
    }
}
