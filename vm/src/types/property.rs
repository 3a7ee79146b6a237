//! Properties: a cell of getter, setter, and deleter.
//!
//! Where documentation was given, too, the third word is a tuple of the deleter and the documentation, and
//! the cell's number is [`DOCUMENTED`]. Otherwise it is the getter's.

use crate::class;
use crate::error::PyResult;
use crate::heap::Heap;
use crate::value::Value;

/// The number of a property with documentation of its own.
const DOCUMENTED: u32 = 1;

/// The functions of a property.
pub(crate) type Parts = [Value; 3];

/// Makes a property.
pub(crate) fn new(heap: &mut Heap, parts: Parts, doc: Option<Value>) -> PyResult<Value> {
    let [getter, setter, deleter] = parts;
    Ok(match doc {
        Some(doc) => {
            let rest = heap.alloc_tuple(&[deleter, doc])?;
            heap.alloc_words(class::PROPERTY, DOCUMENTED, [getter, setter, rest])
        }
        None => heap.alloc_words(class::PROPERTY, 0, parts),
    })
}

/// Getter, setter and deleter, each None where there is none.
pub(crate) fn parts(property: Value) -> Parts {
    let Some(words) = property.as_words() else { return [Value::none(); 3] };
    let deleter = match rest(property) {
        Some([deleter, _]) => *deleter,
        _ => words.get(2),
    };
    [words.get(0), words.get(1), deleter]
}

/// The documentation that a property was given.
pub(crate) fn doc(property: Value) -> Option<Value> {
    match rest(property) {
        Some([_, doc]) => Some(*doc),
        _ => None,
    }
}

fn rest(property: Value) -> Option<&'static [Value]> {
    let words = property.as_words().filter(|_| property.aux() == DOCUMENTED)?;
    words.get(2).as_tuple().map(|rest| rest.items())
}
