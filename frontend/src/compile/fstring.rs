//! Formatted string literals.

use super::{Compiled, Unit};
use crate::bytecode::{ConstValue, Opcode, Position};
use ruff_python_ast::{
    ConversionFlag, ExprFString, FStringPart, InterpolatedElement, InterpolatedStringElement,
};

/// A part of a formatted string: text, or a field.
enum Piece<'a> {
    Text(String),
    Field(&'a InterpolatedElement),
}

#[derive(Default)]
struct Pieces<'a>(Vec<Piece<'a>>);

impl<'a> Pieces<'a> {
    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.0.push(Piece::Text(text.to_string())),
        }
    }

    fn element(&mut self, element: &'a InterpolatedStringElement) {
        match element {
            InterpolatedStringElement::Literal(literal) => self.text(&literal.value),
            InterpolatedStringElement::Interpolation(field) => {
                // `{x=}` shows its own source.
                if let Some(source) = &field.debug_text {
                    self.text(source.as_str());
                }
                self.0.push(Piece::Field(field));
            }
        }
    }
}

impl<'a> Unit<'a> {
    pub(super) fn f_string(&mut self, at: Position, e: &'a ExprFString) -> Compiled {
        let mut pieces = Pieces::default();
        for part in &e.value {
            match part {
                FStringPart::Literal(literal) => pieces.text(&literal.value),
                FStringPart::FString(string) => {
                    string.elements.iter().for_each(|element| pieces.element(element));
                }
            }
        }
        self.pieces(at, pieces)
    }

    fn pieces(&mut self, at: Position, pieces: Pieces<'a>) -> Compiled {
        let count = pieces.0.len();
        if count == 0 {
            self.constant(at, ConstValue::Str("".into()));
        }
        for piece in pieces.0 {
            match piece {
                Piece::Text(text) => self.constant(at, ConstValue::Str(text.into())),
                Piece::Field(field) => self.field(at, field)?,
            }
        }
        if count > 1 {
            self.e.wide(at, Opcode::BuildString, count as u32);
        }
        Ok(())
    }

    fn field(&mut self, at: Position, field: &'a InterpolatedElement) -> Compiled {
        self.expr(&field.expression)?;
        let mut spec = Pieces::default();
        if let Some(format_spec) = &field.format_spec {
            format_spec.elements.iter().for_each(|element| spec.element(element));
        }
        let shows_source = field.debug_text.is_some() && field.format_spec.is_none();
        let conversion = match field.conversion {
            ConversionFlag::None if shows_source => 2,
            ConversionFlag::None => 0,
            ConversionFlag::Str => 1,
            ConversionFlag::Repr => 2,
            ConversionFlag::Ascii => 3,
        };
        let has_spec = !spec.0.is_empty();
        if has_spec {
            self.pieces(at, spec)?;
        }
        self.e.op(at, Opcode::FormatValue, conversion, has_spec as u16);
        Ok(())
    }
}
