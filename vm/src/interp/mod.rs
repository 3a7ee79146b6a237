//! The virtual machine's state: heap, value stack, frames, modules, and how programs are run.
//!
//! Terms. A *frame* is an activation of some code: its locals start at `base` on the value
//! stack and its operands follow them. A *run* is one activation of the interpreter loop; built-ins
//! that call back start nested runs. While a run is inside the loop, the top frame's
//! position and the stack pointer live in registers; they are written here before
//! anything that may look at them (*synced*).
//!
//! Invariant: at a safe point every live word is on the value stack below `sp`, in a module's
//! variables, in constants, in `temp_roots`, or known to the JIT's hooks; what code holds that is suspended
//! below: `roots.rs`.

mod bind;
mod call;
mod classes;
mod fast;
mod frequent;
mod generators;
mod load;
mod members;
mod objects;
mod operators;
mod quicken;
mod rare;
mod regs;
mod roots;
mod run;
mod slow;
mod unwind;

pub(crate) use generators::{GeneratorView, Input, Resumed, finished_state, suspended_state};
pub(crate) use members::AttrCache;
pub(crate) use roots::Hold;

use crate::builtins;
use crate::class;
use crate::code::{GlobalCell, RtCode};
use crate::error::{ExcKind, PyError, PyResult};
use crate::heap::Heap;
use crate::hooks::JitHooks;
use crate::interrupt;
use crate::jit::Sites;
use crate::native_stack::NativeStack;
use crate::object::Tuple;
use crate::stack::{STACK_WORDS, ValueStack};
use crate::types::{KnownSpecial, Lookups, Namespace, Shape, TypeInfo};
use crate::value::Value;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;
use tierlab_frontend::bytecode::CodeObject;

/// Which interpreter runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No specialization.
    Interp,
    /// Specialization in place.
    Adaptive,
}

/// How to set up a virtual machine.
#[derive(Clone, Debug)]
pub struct VmOptions {
    /// Which interpreter runs.
    pub mode: Mode,
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// Back-edges of a loop before the JIT is asked.
    pub hot: u32,
    /// Bytes allocated before the first collection, and at least between two.
    pub min_threshold: usize,
    /// Collect at every safe point (a test).
    pub gc_stress: bool,
}

impl Default for VmOptions {
    fn default() -> Self {
        VmOptions {
            mode: Mode::Adaptive,
            argv: vec![String::new()],
            hot: 1000,
            // About what a core's cache holds: with four times as much, programs are slower.
            min_threshold: 2 << 20,
            gc_stress: false,
        }
    }
}

/// An activation of some code.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    code: *const RtCode,
    /// Index of the instruction being executed (while suspended in a call: the call itself; at
    /// back-edges and recording steps: the instruction that comes next).
    pub pc: u32,
    /// Stack index of the first local.
    pub base: u32,
    /// Stack index where the caller gets the result; its operands end there.
    pub return_sp: u32,
    /// Whether returning from it leaves the run.
    pub entry: bool,
    /// What becomes of its result.
    pub kind: FrameKind,
}

/// What becomes of the result of a frame. The numbers stand in the JIT's snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FrameKind {
    /// The caller gets it.
    Plain = 0,
    /// It has to be `None`: the caller gets the new object, which stands right below `return_sp`.
    Init = 1,
    /// The instruction of the caller that called a special method goes on with it; its operands
    /// stand below `return_sp`.
    Operator = 2,
    /// It ends a generator, which stands right below `base`, above the exception that was being
    /// handled outside.
    Generator = 3,
}

impl Frame {
    /// Its code.
    #[inline(always)]
    pub fn code(&self) -> &RtCode {
        // SAFETY: frames are made from the machine's runtime code, which never moves and lives as
        // long as the machine.
        unsafe { &*self.code }
    }

    /// Number of its code.
    pub fn code_id(&self) -> u32 {
        self.code().id
    }
}

/// A loaded module.
pub struct Module {
    /// Its name.
    pub name: Arc<str>,
    /// Its file, if it has one.
    pub file: Option<Arc<str>>,
    /// Its variables, in the order of their first binding.
    pub namespace: Namespace,
    /// Whether its code is running for the first time.
    pub initializing: bool,
    /// The module object.
    pub object: Value,
}

/// What the machine knows of the trace that runs. The first fields are read and written by generated
/// code where it makes frames and leaves them.
#[derive(Default)]
pub(crate) struct TraceFrames {
    /// Address that no frame made by a trace may reach.
    pub room: u64,
    /// Not 0 once a trace has made a frame.
    pub made: u64,
    /// Address of the first local of the trace's bottom frame.
    pub base: u64,
    /// Index of the frame that the trace was entered with, while it runs and nothing that it calls.
    pub floor: Option<usize>,
    /// Where traces make frames.
    pub sites: Sites,
}

/// Most words that a trace hands over to a helper.
pub(crate) const TRACE_ARGS: usize = 32;
/// Frames that there may be, unless the program says otherwise.
const RECURSION_LIMIT: usize = 1000;
/// Output is written once this much is buffered.
const OUT_BUFFER: usize = 1 << 13;

/// The virtual machine.
pub struct Vm {
    /// The heap.
    pub heap: Heap,
    /// Activations, outermost first.
    pub frames: Vec<Frame>,
    pub(crate) stack: ValueStack,
    pub(crate) sp: *mut Value,
    // Boxed, since code never moves while the table grows.
    #[allow(clippy::vec_box)]
    codes: Vec<Box<RtCode>>,
    modules: Vec<Module>,
    /// `sys.modules`.
    pub(crate) sys_modules: Value,
    pub(crate) argv: Vec<String>,
    /// `sys.stdout`, which `print` writes to.
    pub(crate) stdout: Option<Rc<GlobalCell>>,
    builtins: Namespace,
    builtin_objects: Vec<Value>,
    interned: FxHashMap<Arc<str>, Value>,
    /// Strings of one ASCII character, NULL until they are made; interned too.
    ascii: [Value; 128],
    /// All types, by number. Boxed, since descriptions never move.
    #[allow(clippy::vec_box)]
    pub(crate) types: Vec<Box<TypeInfo>>,
    /// All shapes, by number.
    #[allow(clippy::vec_box)]
    pub(crate) shapes: Vec<Box<Shape>>,
    /// Changes with what attributes classes have.
    pub(crate) epoch: u32,
    /// Cells of class attributes that were deleted.
    pub(crate) retired: Vec<Rc<GlobalCell>>,
    /// The exception that is being handled, or NULL.
    pub(crate) handled: Value,
    /// Attributes that were looked up in classes.
    pub(crate) lookups: Lookups,
    /// Special methods that were looked up.
    pub(crate) known_specials: Box<[Cell<KnownSpecial>]>,
    /// Attributes that were looked up where a place saw many shapes.
    members: members::Members,
    /// Words that traces hand over to helpers.
    pub(crate) trace_args: Box<[Value; TRACE_ARGS]>,
    /// What traces that make frames are told, and tell.
    pub(crate) trace_frames: TraceFrames,
    /// Nested calls by code that holds references nobody knows of.
    quiet: usize,
    /// Whether a collection waits for their end.
    put_off: bool,
    /// What the innermost run began with.
    run_start: roots::RunStart,
    /// What is kept for those that are suspended below a run, outermost first.
    kept: Vec<roots::KeptBelow>,
    /// Whether a global or class changed that a running trace may take for a constant.
    missed_change: bool,
    /// The pending exception of a run.
    pub(crate) error: Option<Box<PyError>>,
    hooks: Option<Box<dyn JitHooks>>,
    has_hooks: bool,
    recording: bool,
    mode: Mode,
    hot: u32,
    nested_runs: usize,
    /// Of the thread that the outermost run is on.
    native_stack: NativeStack,
    recursion_limit: usize,
    /// How many frames the list may hold: fewer where a trace has made some that are not in it.
    frame_limit: usize,
    /// References that built-ins hold across calls.
    pub(crate) temp_roots: Vec<Value>,
    /// Where products are made whose size is not known beforehand.
    pub(crate) product: num_bigint::BigInt,
    /// The containers whose texts are being made.
    pub(crate) shown: Vec<Value>,
    /// How many named arguments [`Vm::taken_keywords`] took last.
    pub(crate) taken: usize,
    /// Whether the next assignment of an attribute of a class does not ask its metaclass.
    pub(crate) plain_store: bool,
    /// Whether the next call of a class does not ask its metaclass.
    pub(crate) plain_calls: usize,
    /// Names of the last arguments, during the call of a built-in with keywords.
    pub(crate) kw_names: Option<Tuple>,
    /// Open files.
    pub(crate) files: builtins::Files,
    out: Vec<u8>,
    capture: Option<Vec<u8>>,
    pub(crate) int_max_str_digits: usize,
}

impl Vm {
    /// A machine with built-ins and no program.
    pub fn new(options: VmOptions) -> Box<Vm> {
        let stack = ValueStack::new();
        let sp = stack.base();
        let mut vm = Box::new(Vm {
            heap: Heap::new(options.min_threshold),
            frames: Vec::with_capacity(1024),
            stack,
            sp,
            codes: Vec::new(),
            modules: Vec::new(),
            sys_modules: Value::NULL,
            argv: options.argv,
            stdout: None,
            builtins: Namespace::default(),
            builtin_objects: Vec::new(),
            interned: FxHashMap::default(),
            ascii: [Value::NULL; 128],
            types: Vec::new(),
            shapes: Vec::new(),
            epoch: 0,
            retired: Vec::new(),
            handled: Value::NULL,
            lookups: Lookups::new(),
            known_specials: vec![Cell::new(KnownSpecial::NONE); KnownSpecial::COUNT].into(),
            members: members::Members::new(),
            trace_args: Box::new([Value::NULL; TRACE_ARGS]),
            trace_frames: TraceFrames::default(),
            quiet: 0,
            put_off: false,
            run_start: roots::RunStart::default(),
            kept: Vec::new(),
            missed_change: false,
            error: None,
            hooks: None,
            has_hooks: false,
            recording: false,
            mode: options.mode,
            hot: options.hot.max(1),
            nested_runs: 0,
            native_stack: NativeStack::of_this_thread(),
            recursion_limit: RECURSION_LIMIT,
            frame_limit: RECURSION_LIMIT,
            temp_roots: Vec::new(),
            product: num_bigint::BigInt::ZERO,
            shown: Vec::new(),
            taken: 0,
            plain_store: false,
            plain_calls: 0,
            kw_names: None,
            files: builtins::Files::default(),
            out: Vec::new(),
            capture: None,
            int_max_str_digits: 4300,
        });
        let address = &raw mut *vm as u64;
        vm.heap.context_mut().head_mut().vm = address;
        vm.install_types();
        vm.sys_modules = vm.heap.alloc_table(class::DICT, Default::default());
        builtins::install(&mut vm);
        vm.heap.set_stress(options.gc_stress);
        vm
    }

    /// Attaches a JIT. Only the adaptive interpreter asks it.
    pub fn set_hooks(&mut self, hooks: Option<Box<dyn JitHooks>>) {
        self.has_hooks = hooks.is_some() && self.mode == Mode::Adaptive;
        self.hooks = hooks;
    }

    /// Detaches the JIT.
    pub fn take_hooks(&mut self) -> Option<Box<dyn JitHooks>> {
        self.has_hooks = false;
        self.hooks.take()
    }

    /// Runs a module's code as `__main__`.
    pub fn run_main(&mut self, code: &Arc<CodeObject>) -> PyResult<()> {
        self.import_file(code, "__main__").map(|_| ())
    }

    /// Runs a module's code under a name and returns the module's number, as [`Vm::call_global`] takes it.
    pub fn import_file(&mut self, code: &Arc<CodeObject>, name: &str) -> PyResult<u32> {
        let result = self.prepare_file(code, name);
        let module = self.described(result)?;
        let result = self.run_module(module, code).and_then(|_| interrupt::check());
        self.described(result)?;
        Ok(module)
    }

    /// A module for a program, whose directory imports look into first.
    fn prepare_file(&mut self, code: &CodeObject, name: &str) -> PyResult<u32> {
        self.add_builtins_module()?;
        self.import_absolute("sys")?;
        let directory = std::path::Path::new(&*code.file).parent();
        let directory = directory.map_or(String::new(), |path| path.display().to_string());
        let directory = self.heap.alloc_str(&directory);
        if let Some(path) = self.module_global("sys", "path").as_list() {
            self.heap.list_insert(path, 0, directory)?;
        }
        self.new_module(name, Some(&code.file), None)
    }

    /// Runs the code of a module.
    pub(crate) fn run_module(&mut self, module: u32, code: &Arc<CodeObject>) -> PyResult<Value> {
        if let Some(doc) = &code.doc {
            let doc = self.heap.alloc_str(doc);
            self.set_module_global(module, "__doc__", doc);
        }
        let rt = self.load_code(code, module);
        let callable = self.new_function(rt, [Value::NULL; 3]);
        self.call(callable, &[])
    }

    /// Calls a global function of a module.
    pub fn call_global(&mut self, module: u32, name: &str, args: &[Value]) -> PyResult<Value> {
        let cell = self.modules.get(module as usize).and_then(|m| m.namespace.get(name));
        match cell.map(|cell| cell.get()).filter(|v| !v.is_null()) {
            Some(callable) => {
                let result = self.call(callable, args);
                self.described(result)
            }
            None => Err(PyError::new(ExcKind::NameError, format!("name '{name}' is not defined"))),
        }
    }

    /// Gives an error that leaves the machine its text.
    fn described<T>(&mut self, result: PyResult<T>) -> PyResult<T> {
        result.map_err(|mut error| {
            self.describe(&mut error);
            self.handled = Value::NULL;
            error
        })
    }

    /// A variable of a module by name, NULL where it is unbound.
    pub fn module_global(&self, module: &str, name: &str) -> Value {
        let module = self.modules.iter().rev().find(|m| &*m.name == module);
        module.and_then(|m| m.namespace.get(name)).map_or(Value::NULL, |cell| cell.get())
    }

    // ---- state for the JIT ----

    /// Runtime code by number.
    pub fn code(&self, id: u32) -> Option<&RtCode> {
        self.codes.get(id as usize).map(|code| &**code)
    }

    /// How many code objects are loaded.
    pub fn code_count(&self) -> usize {
        self.codes.len()
    }

    /// Word `index` of the value stack.
    #[inline]
    pub fn stack_value(&self, index: usize) -> Value {
        self.stack.get(index)
    }

    /// Replaces word `index` of the value stack.
    #[inline]
    pub fn set_stack_value(&mut self, index: usize, value: Value) {
        self.stack.set(index, value);
    }

    /// Stack index one past the top operand.
    #[inline]
    pub fn sp(&self) -> usize {
        (self.sp as usize - self.stack.base() as usize) / size_of::<Value>()
    }

    /// Moves the stack pointer: everything below must be valid words.
    #[inline]
    pub fn set_sp(&mut self, index: usize) {
        self.sp = self.stack.base().wrapping_add(index.min(STACK_WORDS));
    }

    /// Adds a frame of that code, as if called: its words are written by the caller. False where
    /// there is no such code or no room.
    pub fn push_frame(&mut self, code: u32, pc: u32, base: usize, return_sp: usize) -> bool {
        let Some(rt) = self.codes.get(code as usize) else { return false };
        if base + rt.frame_size as usize > STACK_WORDS {
            return false;
        }
        self.frames.push(Frame {
            code: &raw const **rt,
            pc,
            base: base as u32,
            return_sp: return_sp as u32,
            entry: false,
            kind: FrameKind::Plain,
        });
        true
    }

    /// How many frames there may be.
    pub fn recursion_limit(&self) -> usize {
        self.recursion_limit
    }

    /// Changes how many frames there may be.
    pub(crate) fn set_recursion_limit(&mut self, limit: usize) {
        self.frame_limit = limit.saturating_sub(self.recursion_limit - self.frame_limit);
        self.recursion_limit = limit;
    }

    /// How many frames there are, those that a trace has made included.
    pub(crate) fn depth(&self) -> usize {
        self.frames.len() + self.recursion_limit - self.frame_limit
    }

    /// Does what may push frames: if a trace calls it, those that the trace has made count.
    fn below_trace<T>(&mut self, f: impl FnOnce(&mut Vm) -> T) -> T {
        let Some(floor) = self.trace_frames.floor.take() else { return f(self) };
        let hidden = crate::jit::hidden_frames(self, floor);
        self.frame_limit = self.recursion_limit.saturating_sub(hidden);
        let result = f(self);
        self.frame_limit = self.recursion_limit;
        self.trace_frames.floor = Some(floor);
        result
    }

    /// Back-edges before the JIT is asked.
    pub fn hot(&self) -> u32 {
        self.hot
    }

    /// Changes the number of back-edges before the JIT is asked.
    pub fn set_hot(&mut self, hot: u32) {
        self.hot = hot.max(1);
    }

    /// An interrupt of the user is `KeyboardInterrupt` in this machine from now on.
    pub fn listen_for_interrupts(&mut self) -> std::io::Result<()> {
        // SAFETY: the context lives as long as the machine, which stops listening when it is dropped.
        unsafe { interrupt::listen(self.heap.context().as_ptr()) }
    }

    // ---- modules and globals ----

    /// Adds an empty module and returns its number.
    pub(crate) fn add_module(&mut self, name: &str, file: Option<Arc<str>>) -> u32 {
        let number = self.modules.len() as u32;
        let object = self.heap.alloc_words(class::MODULE, number, [Value::ZERO; 3]);
        let namespace = Namespace::default();
        self.modules.push(Module {
            name: name.into(),
            file,
            namespace,
            initializing: false,
            object,
        });
        number
    }

    /// The object of a module.
    pub(crate) fn module_object(&self, number: u32) -> Value {
        self.module(number).map_or(Value::none(), |module| module.object)
    }

    /// Whether the code of a module of that name is running for the first time.
    pub(crate) fn is_initializing(&self, name: &str) -> bool {
        self.modules.iter().any(|module| module.initializing && &*module.name == name)
    }

    /// Says whether the code of a module is running for the first time.
    pub(crate) fn set_initializing(&mut self, number: u32, on: bool) {
        if let Some(module) = self.modules.get_mut(number as usize) {
            module.initializing = on;
        }
    }

    /// Adds the module of built-in names, which shares their variables.
    pub(crate) fn add_builtins_module(&mut self) -> PyResult<()> {
        let number = self.new_module("builtins", None, None)?;
        let names = self.builtins.clone();
        self.modules[number as usize].namespace.extend(names);
        Ok(())
    }

    /// A module by number.
    pub fn module(&self, number: u32) -> Option<&Module> {
        self.modules.get(number as usize)
    }

    /// The cell of a module's variable, made where it is missing.
    pub(crate) fn global_cell(&mut self, module: u32, name: &Arc<str>) -> Rc<GlobalCell> {
        let namespace = &mut self.modules[module as usize].namespace;
        if let Some(cell) = namespace.get(name) {
            return cell.clone();
        }
        let cell = Rc::new(GlobalCell::new(name.clone()));
        namespace.insert(name.clone(), cell.clone());
        cell
    }

    /// Assigns a variable of a module.
    pub(crate) fn set_module_global(&mut self, module: u32, name: &str, value: Value) {
        let cell = self.global_cell(module, &name.into());
        cell.set(value);
    }

    /// The cell of a built-in.
    pub(crate) fn builtin_cell(&self, name: &str) -> Option<Rc<GlobalCell>> {
        self.builtins.get(name).cloned()
    }

    /// Adds a built-in name.
    pub(crate) fn add_builtin(&mut self, name: &str, value: Value) {
        let cell = GlobalCell::new(name.into());
        cell.set(value);
        self.builtins.insert(name.into(), Rc::new(cell));
    }

    /// Keeps the objects of built-in functions, by number.
    pub(crate) fn set_builtin_objects(&mut self, objects: Vec<Value>) {
        self.builtin_objects = objects;
    }

    /// The object of a built-in function.
    pub(crate) fn builtin_object(&self, number: usize) -> Value {
        self.builtin_objects.get(number).copied().unwrap_or(Value::none())
    }

    /// The one string object with this text.
    pub fn intern(&mut self, text: &str) -> Value {
        if let Some(&value) = self.interned.get(text) {
            return value;
        }
        let value = self.heap.alloc_str(text);
        self.interned.insert(text.into(), value);
        value
    }

    /// The string of one character: kept for ASCII.
    pub(crate) fn intern_char(&mut self, text: &str) -> Value {
        match text.as_bytes() {
            [byte @ 0..0x80] => {
                let index = *byte as usize;
                if self.ascii[index].is_null() {
                    self.ascii[index] = self.intern(text);
                }
                self.ascii[index]
            }
            [] => self.intern(""),
            _ => self.heap.alloc_str(text),
        }
    }

    // ---- output ----

    /// Collects output instead of writing it to standard output.
    pub fn capture_output(&mut self) {
        self.capture = Some(Vec::new());
    }

    /// The output collected so far.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.capture.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Writes to standard output, buffered.
    pub(crate) fn write_out(&mut self, bytes: &[u8]) {
        if let Some(capture) = &mut self.capture {
            capture.extend_from_slice(bytes);
            return;
        }
        self.out.extend_from_slice(bytes);
        if self.out.len() >= OUT_BUFFER {
            self.flush();
        }
    }

    /// Writes out what is buffered. A closed output is not an error of the program.
    pub fn flush(&mut self) {
        if !self.out.is_empty() {
            let mut stdout = std::io::stdout().lock();
            let _ = stdout.write_all(&self.out).and_then(|()| stdout.flush());
            self.out.clear();
        }
    }

    /// Ends a program: flushes, prints the traceback or the exit message on standard error, and
    /// returns the exit status.
    pub fn finish(&mut self, result: PyResult<()>) -> i32 {
        self.flush();
        builtins::flush_files(self);
        match result {
            Ok(()) => 0,
            Err(error) if error.kind == ExcKind::SystemExit => {
                if !error.message.is_empty() {
                    eprintln!("{}", error.message);
                }
                error.exit_code()
            }
            Err(error) => {
                eprint!("{}", error.format_traceback());
                error.exit_code()
            }
        }
    }

    // ---- runs ----

    /// Calls anything callable. A safe point: references held in Rust variables only are lost.
    pub fn call(&mut self, callable: Value, args: &[Value]) -> PyResult<Value> {
        self.call_names(callable, args, None)
    }

    /// The same with arguments of which the last have names.
    pub(crate) fn call_with_names(
        &mut self,
        callable: Value,
        args: &[Value],
        names: Tuple,
    ) -> PyResult<Value> {
        self.call_names(callable, args, Some(names))
    }

    /// The same where there may be names.
    pub(crate) fn call_names(
        &mut self,
        callable: Value,
        args: &[Value],
        names: Option<Tuple>,
    ) -> PyResult<Value> {
        let sp = self.sp();
        if sp + args.len() + 2 > STACK_WORDS || !self.nests() {
            return Err(recursion_error());
        }
        self.stack.set(sp, callable);
        self.stack.set(sp + 1, Value::NULL);
        for (i, &arg) in args.iter().enumerate() {
            self.stack.set(sp + 2 + i, arg);
        }
        self.set_sp(sp + 2 + args.len());
        let result = self.below_trace(|vm| vm.call_on_stack(args.len(), names));
        self.set_sp(sp);
        result
    }

    /// Whether one more run, or one more level of built-in code, fits on the machine's own stack.
    pub(crate) fn nests(&mut self) -> bool {
        if self.nested_runs == 0 {
            self.native_stack = NativeStack::of_this_thread();
        }
        self.native_stack.has_room()
    }

    /// Calls what stands on the stack (callable, self or NULL, arguments), which stays there.
    fn call_on_stack(&mut self, args: usize, names: Option<Tuple>) -> PyResult<Value> {
        let depth = self.frames.len();
        match self.begin_call(args, names)? {
            call::Begun::Done(value) => Ok(value),
            call::Begun::Frame => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.entry = true;
                }
                let result = self.nested_run(Vm::run);
                debug_assert_eq!(self.frames.len(), depth);
                result
            }
        }
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        interrupt::ignore(self.heap.context().as_ptr());
    }
}

/// Too many frames.
#[cold]
pub(crate) fn recursion_error() -> Box<PyError> {
    PyError::new(ExcKind::RecursionError, "maximum recursion depth exceeded")
}
