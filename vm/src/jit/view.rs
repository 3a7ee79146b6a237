//! The JIT's view of the interpreter: frames, values, code and globals, read and rebuilt.
//!
//! The interpreter keeps a suspended caller at its call instruction; traces speak of the instruction
//! it resumes at, the one behind. This module translates; frames are counted from the
//! outermost.

use super::activations::{Site, SiteId};
use super::record::LoopKey;
use super::{Anchor, shadow};
use crate::builtins;
use crate::class;
use crate::code::LoopState;
pub(super) use crate::interp::GeneratorView;
use crate::interp::{self, FrameKind, Vm};
use crate::value::Value;
use std::rc::Rc;
use std::sync::Arc;
use tierlab_frontend::bytecode::{Instr, Opcode};
use tierlab_frontend::liveness::Liveness;
use tierlab_trace::ir::SnapFrame;
use tierlab_trace::layout::ContextMemory;

/// A frame as the recorder sees it.
pub struct FrameView {
    /// Code number.
    pub code: u32,
    /// The instruction it stands at or resumes at.
    pub pc: u32,
    /// What becomes of its result.
    pub kind: FrameKind,
    /// Number of locals.
    pub locals: usize,
    /// Locals and operand stack in use.
    pub height: usize,
    /// Liveness of its code.
    pub liveness: Arc<Liveness>,
}

/// How many frames there are.
pub fn frame_count(vm: &Vm) -> usize {
    vm.frames.len()
}

/// The outermost frame of the interpreter run on top: frames below belong to other runs.
pub fn native_boundary(vm: &Vm) -> usize {
    vm.frames.iter().rposition(|f| f.entry).unwrap_or(0)
}

fn resume_pc(vm: &Vm, index: usize) -> u32 {
    let f = &vm.frames[index];
    if index + 1 == vm.frames.len() { f.pc } else { f.pc + 1 }
}

fn end(vm: &Vm, index: usize) -> usize {
    vm.frames.get(index + 1).map_or(vm.sp(), |callee| callee.return_sp as usize)
}

/// Frame `index`.
pub fn frame(vm: &Vm, index: usize) -> FrameView {
    let f = &vm.frames[index];
    let code = f.code();
    FrameView {
        code: code.id,
        pc: resume_pc(vm, index),
        kind: f.kind,
        locals: code.locals(),
        height: end(vm, index) - f.base as usize,
        liveness: code.liveness(),
    }
}

/// Whether frame `index` runs that code (as snapshots number it) and stands there.
pub fn frame_is(vm: &Vm, index: usize, code: u32, pc: u32) -> bool {
    let frame = &vm.frames[index];
    shadow::snapshot_code(frame.code_id(), frame.kind) == code && resume_pc(vm, index) == pc
}

/// Entry `i` of frame `index`: a local or an operand.
pub fn value(vm: &Vm, index: usize, i: usize) -> Value {
    vm.stack_value(vm.frames[index].base as usize + i)
}

/// Replaces entry `i` of frame `index`.
pub fn set_value(vm: &mut Vm, index: usize, i: usize, value: Value) {
    let base = vm.frames[index].base as usize;
    vm.set_stack_value(base + i, value);
}

/// Whether the frames that a trace may push would fit.
pub fn has_room(vm: &Vm) -> bool {
    vm.frames.len() + super::MAX_INLINE_DEPTH < vm.recursion_limit()
        && vm.sp() + ROOM < crate::stack::STACK_WORDS
}

/// Words of the stack that are kept for frames which an exit rebuilds, and what helpers run.
const ROOM: usize = 1 << 16;

/// The operand `depth` below the top of the stack.
pub fn top(vm: &Vm, depth: usize) -> Value {
    vm.stack_value(vm.sp() - 1 - depth)
}

/// `file:line` where frame `index` stands.
pub fn location(vm: &Vm, index: usize) -> String {
    let f = &vm.frames[index];
    let code = f.code();
    let path = std::path::Path::new(&*code.source.file);
    let file = path.file_name().map_or(code.source.file.to_string(), |f| f.display().to_string());
    format!("{file}:{}", code.position(resume_pc(vm, index) as usize).line)
}

/// Locals and liveness of a code object.
pub fn code(vm: &Vm, id: u32) -> (usize, Arc<Liveness>) {
    // Frames and functions carry numbers of loaded code.
    let code = vm.code(id).expect("the number of loaded code");
    (code.locals(), code.liveness())
}

/// The instruction in its base form.
pub fn instr(vm: &Vm, code: u32, pc: u32) -> Instr {
    // The recorder follows the interpreter, which is inside the code.
    vm.code(code).and_then(|c| c.base_instr(pc as usize)).expect("a position inside the code")
}

/// A constant.
pub fn constant(vm: &Vm, code: u32, index: u32) -> Value {
    vm.code(code).and_then(|c| c.constant(index as usize)).unwrap_or(Value::NULL)
}

/// The loop whose header is at `pc`.
pub fn loop_at(vm: &Vm, code: u32, pc: u32) -> Option<u32> {
    let loops = &vm.code(code)?.source.loops;
    loops.iter().position(|l| l.header == pc).map(|i| i as u32)
}

/// Where the interpreter may enter traces at `pc`.
pub fn anchors(vm: &Vm, code: u32, pc: u32) -> impl Iterator<Item = Anchor> + use<> {
    let of_loop = loop_at(vm, code, pc).map(|index| Anchor::Loop(LoopKey { code, index }));
    of_loop.into_iter().chain((pc == 0).then_some(Anchor::Entry(code)))
}

/// Where the interpreter may enter traces now.
pub fn here(vm: &Vm) -> impl Iterator<Item = Anchor> + use<> {
    let frame = &vm.frames[vm.frames.len() - 1];
    anchors(vm, frame.code_id(), frame.pc)
}

/// Whether `pc` lies in that loop.
pub fn loop_contains(vm: &Vm, code: u32, index: u32, pc: u32) -> bool {
    vm.code(code)
        .and_then(|c| c.source.loops.get(index as usize))
        .is_some_and(|l| (l.header..l.end).contains(&pc))
}

/// The innermost loop around `pc`.
pub fn innermost_loop(vm: &Vm, code: u32, pc: u32) -> Option<usize> {
    let loops = &vm.code(code)?.source.loops;
    let around = loops.iter().enumerate().filter(|(_, l)| (l.header..l.end).contains(&pc));
    around.min_by_key(|(_, l)| l.end - l.header).map(|(i, _)| i)
}

/// What the interpreter counts at an anchor, if it does.
fn state(vm: &Vm, anchor: Anchor) -> Option<&LoopState> {
    match anchor {
        Anchor::Loop(key) => vm.code(key.code)?.loop_state(key.index as usize),
        Anchor::Entry(code) => Some(vm.code(code)?.entry_state()),
        Anchor::Resume(_) => None,
    }
}

/// Asks the interpreter to enter the JIT whenever it comes to an anchor, or stops that.
pub fn mark(vm: &Vm, anchor: Anchor, on: bool) {
    if let Some(state) = state(vm, anchor) {
        state.jit.set(u32::from(on));
    }
}

/// Has the interpreter count from `count` on.
pub fn set_counter(vm: &Vm, anchor: Anchor, count: u32) {
    if let Some(state) = state(vm, anchor) {
        state.counter.set(count);
    }
}

/// What a global name stands for.
pub struct Global {
    /// Address of the word.
    pub address: u64,
    /// Its value now.
    pub value: Value,
    /// Whether it was assigned once only (or is a built-in that no global hides).
    pub constant: bool,
}

/// Looks a global name up.
pub fn global(vm: &Vm, code: u32, index: u32) -> Option<Global> {
    let r = vm.code(code)?.global(index as usize)?;
    let value = r.get();
    (!value.is_null()).then(|| Global {
        address: r.module.address() as u64,
        value,
        constant: r.module.get().is_null() || r.module.stores() == 1,
    })
}

/// Has the interpreter report the next store to a global.
pub fn watch(vm: &Vm, code: u32, index: u32) {
    if let Some(r) = vm.code(code).and_then(|c| c.global(index as usize)) {
        r.module.watch(true);
    }
}

/// Notes that traces assign a global, which so is no constant; returns its address.
pub fn assign_global(vm: &Vm, code: u32, index: u32) -> u64 {
    match vm.code(code).and_then(|c| c.global(index as usize)) {
        Some(r) => {
            // Two more stores of the same value: more than the one that makes a constant.
            r.module.set(r.module.get());
            r.module.set(r.module.get());
            r.module.address() as u64
        }
        None => 0,
    }
}

/// What a callable is.
pub enum Callable<'a> {
    /// A Python function.
    Python {
        /// Its code.
        code: u32,
        /// Positional parameters.
        params: usize,
        /// Defaults of the last ones.
        defaults: &'a [Value],
    },
    /// A class of the program whose objects are made in the ordinary way: its `__init__`.
    Class(Value),
    /// A built-in function or type, by qualified name (`math.sqrt`).
    Builtin(&'static str),
    /// Something else whose call pushes no frame: a generator function, a class without `__init__`.
    Whole,
    /// Something else.
    Other,
}

/// What a cell holds.
pub fn cell_value(cell: Value) -> Value {
    match cell.as_words().filter(|_| cell.is_class(class::CELL)) {
        Some(words) => words.get(0),
        None => Value::NULL,
    }
}

/// The cells that a function captured, and the local where the first of them goes.
pub fn captured(vm: &Vm, function: Value) -> (usize, Vec<Value>) {
    let Some(f) = function.as_function() else { return (0, Vec::new()) };
    let first = vm.code(f.code_id()).map_or(0, |c| c.first_free as usize);
    (first, f.closure().map_or(Vec::new(), |t| t.items().to_vec()))
}

/// What `v` is as a callable.
pub fn callable<'a>(vm: &Vm, v: Value) -> Callable<'a> {
    if let Some(f) = v.as_function() {
        let code = f.code_id();
        if vm.code(code).is_some_and(|c| c.source.generator) {
            return Callable::Whole;
        }
        let plain = vm.code(code).filter(|c| c.plain_args == c.args);
        let Some(params) = plain.map(|c| c.args()) else { return Callable::Other };
        return Callable::Python {
            code,
            params,
            defaults: f.defaults().map_or(&[], |t| t.items()),
        };
    }
    if let Some(init) = v.as_type().and_then(|ty| vm.plain_init(ty)) {
        return Callable::Class(init);
    }
    if v.as_type().is_some_and(|ty| vm.makes_whole(ty)) {
        return Callable::Whole;
    }
    match builtins::traced_name(v) {
        Some(name) => Callable::Builtin(name),
        None => Callable::Other,
    }
}

/// An attribute of a module that was bound once: traces are dropped where it changes.
pub fn module_constant(vm: &mut Vm, object: Value, code: u32, name: u16) -> Option<Value> {
    if !object.is_class(class::MODULE) {
        return None;
    }
    let name = vm.code(code)?.source.names.get(name as usize)?.clone();
    let cell = vm.module(object.aux())?.namespace.get(&name)?;
    if cell.stores() != 1 || cell.get().is_null() {
        return None;
    }
    cell.watch(true);
    Some(cell.get())
}

/// The class of `receiver` and the built-in method that the name finds there.
pub fn method(vm: &mut Vm, receiver: Value, code: u32, name: u16) -> Option<(u32, Value)> {
    let class = receiver.class();
    if matches!(class, class::INT | class::INSTANCE | class::TYPE | class::SUPER | class::MODULE) {
        return None;
    }
    let name = vm.code(code)?.source.names.get(name as usize)?.clone();
    builtins::method_object(vm, receiver, &name).map(|m| (class, m))
}

/// The name of an attribute as a string object.
pub fn name(vm: &Vm, code: u32, name: u16) -> Value {
    let names = vm.code(code).map(|code| &code.names);
    names.and_then(|names| names.get(name as usize).copied()).unwrap_or(Value::NULL)
}

/// The function that `super(start, object).name` finds.
pub fn super_method(vm: &Vm, start: Value, object: Value, code: u32, name: u16) -> Option<Value> {
    let name = vm.code(code)?.source.names.get(name as usize)?;
    let (start, of) = (start.as_type()?, object.as_instance()?.ty());
    let mut behind = of.mro.iter().skip_while(|id| **id != start.id).skip(1);
    let cell = behind.find_map(|id| vm.type_info(*id).own(name))?;
    Some(cell.get()).filter(|value| value.is_class(class::FUNCTION))
}

/// `isinstance(object, classes)`, where nothing is run for it.
pub fn is_instance(vm: &mut Vm, object: Value, classes: Value) -> Option<bool> {
    let known = match classes.as_tuple() {
        Some(tuple) => tuple.items().iter().all(|&class| vm.is_plain_class(class)),
        None => vm.is_plain_class(classes),
    };
    let ty = vm.type_of(object);
    known.then(|| vm.is_kind_of(ty, classes, "isinstance", 0).ok())?
}

/// Whether a callable is one of those that ask for the class of their first argument.
pub fn is_type_test(callable: Value) -> bool {
    matches!(builtins::traced_name(callable), Some("isinstance" | "issubclass"))
}

/// A tuple; `None` where there is no memory for it.
pub fn tuple(vm: &mut Vm, items: &[Value]) -> Option<Value> {
    vm.heap.alloc_tuple(items).ok()
}

/// Whether a value equals nothing but itself, as far as its type decides about it: `None` and objects whose
/// classes define no comparison and derive from no type that does.
pub fn equals_itself_only(vm: &Vm, v: Value) -> bool {
    let silent = |name| vm.special(v, name).is_none();
    v.is_none()
        || v.as_instance().is_some_and(|instance| instance.held().is_none())
            && silent("__eq__")
            && silent("__ne__")
}

/// Whether iteration has come to its end, where that can be seen without going on.
pub fn at_end(iterable: Value, at: Value) -> Option<bool> {
    let index = at.as_small_int().unwrap_or(0);
    if let Some(range) = iterable.as_range() {
        return Some(index == range.fields().end);
    }
    if let Some(list) = iterable.as_list() {
        return Some(index as usize >= list.len());
    }
    if let Some(tuple) = iterable.as_tuple() {
        return Some(index as usize >= tuple.len());
    }
    if let Some(string) = iterable.as_str() {
        return Some(index as usize >= string.chars());
    }
    let words = iterable.as_words()?;
    match iterable.class() {
        class::LIST_ITERATOR
        | class::TUPLE_ITERATOR
        | class::STR_ITERATOR
        | class::RANGE_ITERATOR
        | class::ENUMERATE => match words.get(0) {
            of if of.is_none() => Some(true),
            of => at_end(of, words.get(1)),
        },
        class::DICT_ITERATOR | class::SET_ITERATOR => {
            let of = words.get(0);
            let place = words.get(1).as_small_int().unwrap_or(0) as usize;
            let (len, last) = match (of.as_dict(), of.as_set()) {
                (Some(dict), _) => (dict.table().len(), dict.table().next(place).is_none()),
                (_, Some(set)) => (set.table().len(), set.table().next(place).is_none()),
                _ => return Some(true),
            };
            (crate::ops::expected(&words).0 == len as i64).then_some(last)
        }
        class::ZIP => {
            let (of, at) = (words.get(0).as_list()?, words.get(1).as_list()?);
            let mut ends = of.items().iter().zip(at.items()).map(|(&of, &at)| at_end(of, at));
            let first = ends.find(|end| *end != Some(false));
            first.unwrap_or(Some(of.is_empty()))
        }
        _ => None,
    }
}

/// What a name finds on an object with a shape.
pub enum Attribute {
    /// An attribute of its own, at a slot in its cell.
    Slot(u32),
    /// A plain attribute of its class: the address of the word.
    Cell(u64),
    /// A function of its class.
    Method(Value),
    /// A static method's function, or its class.
    Static(Value),
    /// A class method's function, and the class.
    ClassMethod(Value, Value),
}

/// What a name finds on an object with a shape, where the shape alone decides it.
pub fn attribute(vm: &Vm, object: Value, code: u32, name: u16) -> Option<Attribute> {
    let name = vm.code(code)?.source.names.get(name as usize)?;
    vm.shaped_attribute(object.as_instance()?, name)
}

/// The getter of the property that a name is on an object.
pub fn property(vm: &Vm, object: Value, code: u32, name: u16) -> Option<Value> {
    let name = vm.code(code)?.source.names.get(name as usize)?;
    vm.property_of(object.as_instance()?, name)
}

/// The setter of the property that a name is on an object.
pub fn setter(vm: &Vm, object: Value, code: u32, name: u16) -> Option<Value> {
    let name = vm.code(code)?.source.names.get(name as usize)?;
    vm.setter_of(object.as_instance()?, name)
}

/// What a name finds on a class.
pub enum TypeAttribute {
    /// A plain value: the address of the word.
    Cell(u64),
    /// A function, or another value that stays as long as classes do not change.
    Known(Value),
    /// A class method's function.
    ClassMethod(Value),
}

/// What a name finds on a class, where nothing is run for it.
pub fn type_attribute(vm: &mut Vm, class: Value, code: u32, name: u16) -> Option<TypeAttribute> {
    let name = vm.code(code)?.source.names.get(name as usize)?.clone();
    vm.plain_class_attribute(class, &name)
}

/// The address of a plain attribute of a class of its own that may be assigned.
pub fn type_place(vm: &Vm, class: Value, code: u32, name: u16) -> Option<u64> {
    let name = vm.code(code)?.source.names.get(name as usize)?;
    let ty = class.as_type().filter(|ty| ty.is_user() && !name.starts_with("__"))?;
    let cell = ty.own(name)?;
    let plain = matches!(cell.get().class(), class::INT | class::FLOAT);
    plain.then(|| cell.address() as u64)
}

/// The slot where assigning an attribute puts the value, and the header and shape that the object
/// has then, where they are others.
pub fn attribute_place(
    vm: &mut Vm,
    object: Value,
    code: u32,
    name: u16,
) -> Option<(u32, Option<(u64, u64)>)> {
    let name = vm.code(code)?.source.names.get(name as usize)?.clone();
    vm.shaped_place(object.as_instance()?, &name)
}

/// Most words that are handed over to a helper.
pub const MAX_ARGS: usize = crate::interp::TRACE_ARGS;

/// Where helpers that take any number of words find them.
pub fn args_address(vm: &Vm) -> usize {
    vm.trace_args.as_ptr() as usize
}

/// The parameter of that name.
pub fn parameter(vm: &Vm, code: u32, name: Value) -> Option<usize> {
    let source = &vm.code(code)?.source;
    let name = name.as_str()?;
    let params = &source.locals[..source.args as usize];
    let at = params.iter().position(|param| **param == *name.text())?;
    (at >= source.positional_only as usize).then_some(at)
}

/// The two operands on top of the caller of the frame on top, which is a special method's.
pub fn operands_below(vm: &Vm) -> (Value, Value) {
    let sp = vm.frames.last().map_or(0, |frame| frame.return_sp as usize);
    (vm.stack_value(sp.wrapping_sub(2)), vm.stack_value(sp.wrapping_sub(1)))
}

/// Whether a value always has the truth that it has now.
pub fn keeps_truth(v: Value) -> bool {
    matches!(
        v.class(),
        class::INT
            | class::FLOAT
            | class::BOOL
            | class::NONE
            | class::STR
            | class::BYTES
            | class::TUPLE
            | class::FUNCTION
            | class::BUILTIN
            | class::TYPE
    )
}

/// The truth of a value; `None` where finding it raises or runs code of the program.
pub fn truth(vm: &mut Vm, v: Value) -> Option<bool> {
    if v.as_instance().is_some() {
        let decides = vm.special(v, "__bool__").or_else(|| vm.special(v, "__len__"));
        return (decides.is_none() && v.plain() == v).then_some(true);
    }
    crate::ops::truth(vm, v).ok()
}

/// A generator that can be taken up or is over, and is handling no exception.
pub(super) fn generator(vm: &Vm, v: Value) -> Option<GeneratorView> {
    vm.generator_view(v)
}

/// The state word of a generator that goes on there with so many saved words.
pub fn suspended(pc: u32, saved: usize) -> Value {
    interp::suspended_state(pc, saved)
}

/// The state word of a generator that is over.
pub fn finished() -> Value {
    interp::finished_state()
}

/// Whether it is a list.
pub fn is_list(v: Value) -> bool {
    v.is_class(class::LIST)
}

/// Whether it is a tuple.
pub fn is_tuple(v: Value) -> bool {
    v.is_class(class::TUPLE)
}

/// Whether it is a range.
pub fn is_range(v: Value) -> bool {
    v.is_class(class::RANGE)
}

/// Length of a list or tuple.
pub fn length(v: Value) -> i64 {
    match (v.as_list(), v.as_tuple()) {
        (Some(l), _) => l.len() as i64,
        (_, Some(t)) => t.len() as i64,
        _ => 0,
    }
}

/// Stop and step of a range.
pub fn range_bounds(v: Value) -> (i64, i64) {
    v.as_range().map_or((0, 1), |r| (r.fields().stop, r.fields().step))
}

/// A float or small int as a float.
pub fn number(v: Value) -> f64 {
    match (v.as_small_int(), v.as_float()) {
        (Some(i), _) => i as f64,
        (_, Some(f)) => f,
        _ => f64::NAN,
    }
}

/// A Python int.
pub fn int(vm: &mut Vm, i: i64) -> Value {
    vm.heap.alloc_int(i)
}

/// A Python float.
pub fn float(vm: &mut Vm, f: f64) -> Value {
    vm.heap.alloc_float(f)
}

/// The execution context.
pub fn context(vm: &Vm) -> &ContextMemory {
    vm.heap.context()
}

/// Writes a slot of the execution context.
pub fn set_slot(vm: &mut Vm, slot: usize, bits: u64) {
    if let Some(s) = vm.heap.context_mut().slots_mut().get_mut(slot) {
        *s = bits;
    }
}

/// Lends the execution context to a tier while helpers use the machine.
pub fn with_context<T>(vm: &mut Vm, f: impl FnOnce(&mut ContextMemory) -> T) -> T {
    // SAFETY: the alias is used by generated code and the tier alone, through raw addresses; the
    // machine is not touched through `vm` until `f` returns, and helpers reach it by its address.
    let mut alias = unsafe { vm.heap.context().alias() };
    f(&mut alias)
}

/// Where the machine keeps its stack pointer.
pub fn sp_address(vm: &Vm) -> u64 {
    &raw const vm.sp as u64
}

/// Where traces find the bound for frames that they make.
pub fn room_address(vm: &Vm) -> u64 {
    &raw const vm.trace_frames.room as u64
}

/// Where traces note that they have made frames.
pub fn made_address(vm: &Vm) -> u64 {
    &raw const vm.trace_frames.made as u64
}

/// Where traces say where their bottom frame begins.
pub fn base_address(vm: &Vm) -> u64 {
    &raw const vm.trace_frames.base as u64
}

/// Index on the stack of the first local of a running trace's bottom frame.
pub fn bottom_base(vm: &Vm) -> usize {
    (vm.trace_frames.base - vm.stack.base() as u64) as usize / size_of::<Value>()
}

/// A site by number.
pub(super) fn site(vm: &Vm, id: SiteId) -> Option<Rc<Site>> {
    vm.trace_frames.sites.get(id)
}

/// Index on the stack of the first local of frame `index`.
pub fn base(vm: &Vm, index: usize) -> usize {
    vm.frames[index].base as usize
}

/// Puts the stack pointer where traces want it, and says how far they may go in making frames above
/// frame `floor`; false where that is nothing worth.
pub fn set_room(vm: &mut Vm, floor: usize, sp: usize) {
    let depth = floor + 1 + super::MAX_INLINE_DEPTH + 1;
    let frames = vm.recursion_limit().saturating_sub(depth);
    let words = frames * super::activations::LEAST_FRAME;
    let last = (base(vm, floor) + words).min(crate::stack::STACK_WORDS - ROOM);
    vm.trace_frames.room = vm.stack.base() as u64 + 8 * last as u64;
    vm.trace_frames.made = 0;
    vm.trace_frames.base = vm.stack.base() as u64 + 8 * sp as u64;
    vm.set_sp(sp);
}

/// Whether a trace has made frames since it was entered.
pub fn made_frames(vm: &Vm) -> bool {
    vm.trace_frames.made != 0
}

/// Suspends frame `index` as a site has it, or makes it so; its live words stand on the stack.
pub fn suspend_frame(vm: &mut Vm, index: usize, f: &SnapFrame) {
    push_missing(vm, index, f.code);
    let base = base(vm, index);
    vm.frames[index].pc = f.pc;
    let (locals, liveness) = code(vm, vm.frames[index].code_id());
    for i in (0..locals).filter(|&i| !liveness.is_live(f.pc as usize, i)) {
        vm.set_stack_value(base + i, Value::NULL);
    }
    vm.set_sp(base + f.height as usize);
}

/// Whether frame `index` is on top and is about to return as any function does.
pub fn returns_from(vm: &Vm, index: usize) -> bool {
    let frame = &vm.frames[index];
    index + 1 == vm.frames.len()
        && frame.kind == FrameKind::Plain
        && frame.code().base_instr(frame.pc as usize).is_some_and(|i| i.op() == Opcode::ReturnValue)
}

/// Ends the frame on top: its caller goes on behind the call, with the result on its operands.
pub fn return_plain(vm: &mut Vm) {
    let result = top(vm, 0);
    let Some(frame) = vm.frames.pop() else { return };
    let sp = frame.return_sp as usize;
    vm.set_stack_value(sp, result);
    vm.set_sp(sp + 1);
    if let Some(caller) = vm.frames.last_mut() {
        caller.pc += 1;
    }
}

/// Drops frames so that `count` remain.
pub fn truncate_frames(vm: &mut Vm, count: usize) {
    vm.frames.truncate(count);
}

/// Puts frame `index` at `pc` with `height` entries; makes it where it does not exist, as called by
/// the frame below. Dead entries become placeholders.
pub fn open_frame(vm: &mut Vm, index: usize, code: u32, pc: u32, height: usize) {
    push_missing(vm, index, code);
    let base = vm.frames[index].base as usize;
    vm.frames[index].pc = pc;
    for i in 0..height {
        vm.set_stack_value(base + i, Value::NULL);
    }
    vm.set_sp(base + height);
}

/// Makes frame `index` where it does not exist, as called by the frame below.
fn push_missing(vm: &mut Vm, index: usize, code: u32) {
    if index == vm.frames.len() {
        if let Some(caller) = vm.frames.last_mut() {
            // A suspended caller stands at its call.
            caller.pc -= 1;
        }
        let return_sp = vm.sp();
        let (code, kind) = shadow::code_and_kind(code);
        let base = match kind {
            FrameKind::Init | FrameKind::Operator => return_sp,
            FrameKind::Plain => {
                // Callable and receiver are gone.
                vm.set_stack_value(return_sp, Value::NULL);
                vm.set_stack_value(return_sp + 1, Value::NULL);
                return_sp + 2
            }
            FrameKind::Generator => {
                // The caller iterates over it: the pair is on top of its operands.
                let generator = vm.stack_value(return_sp - 2);
                vm.set_stack_value(return_sp, vm.handled);
                vm.set_stack_value(return_sp + 1, generator);
                return_sp + 2
            }
        };
        // The recorder followed a call here and entry left room for calls: this cannot fail.
        let pushed = vm.push_frame(code, 0, base, return_sp);
        debug_assert!(pushed);
        if let Some(frame) = vm.frames.last_mut() {
            frame.kind = kind;
        }
    }
}
