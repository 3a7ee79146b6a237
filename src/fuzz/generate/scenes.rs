//! Scenes: what a program does with one part of the language or library, at random.
//!
//! A scene is a function with a number as its argument that is called in a loop; what it finds out goes
//! through `seen`, which writes at most a few lines of each scene. Unlike statements, scenes mix types
//! freely: what an operation raises is a result like others, and its message is compared.

use super::Generator;
use super::scene_values::{BINARY, FUNCTIONS, METHODS, PERCENT, PRELUDE, RAISED, SPECS, VALUES};

/// Writes text whose parts may come from the generator.
macro_rules! put {
    ($generator:expr, $($text:tt)+) => {{
        let text = format!($($text)+);
        $generator.text.push_str(&text);
    }};
}

impl Generator {
    /// Some scenes, and the loops that play them.
    pub(super) fn scenes(&mut self) {
        self.text.push_str(PRELUDE);
        for _ in 0..self.below(3) + 1 {
            let name = self.fresh("scene");
            match self.below(14) {
                0 => self.scene_of_operators(&name),
                1 => self.scene_of_functions(&name),
                2 | 3 => self.scene_of_methods(&name),
                4 => self.scene_of_texts(&name),
                5 => self.scene_of_slices(&name),
                6 => self.scene_of_exceptions(&name),
                7 => self.scene_of_generators(&name),
                8 => self.scene_of_classes(&name),
                9 => self.scene_of_calls(&name),
                10 => self.scene_of_big_ints(&name),
                11 | 12 => self.scene_of_loops(&name),
                _ => self.scene_of_containers(&name),
            }
            let count = self.below(9) + 3;
            put!(self, "\n\nfor n in range({count}):\n    {name}(n)\n");
        }
        self.text.push('\n');
    }

    fn some<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }

    fn value(&mut self) -> &'static str {
        self.pick(&VALUES)
    }

    /// The head of a scene's function.
    fn begin(&mut self, name: &str) {
        put!(self, "\n\ndef {name}(x):\n");
    }

    /// A line of a scene that tries an expression.
    fn attempt_of(&mut self, name: &str, expression: &str) {
        put!(self, "    tried('{name}', lambda: {expression})\n");
    }

    fn scene_of_operators(&mut self, name: &str) {
        self.begin(name);
        for _ in 0..self.below(6) + 2 {
            let (a, op, b) = (self.value(), self.pick(&BINARY), self.value());
            let text = match self.below(6) {
                0 => {
                    format!("({a}) {op} ({b}) {} ({})", self.pick(&["+", "*", "=="]), self.value())
                }
                1 => format!("{} ({a})", self.pick(&["-", "+", "~", "not"])),
                2 => format!("({a})[{b}]"),
                3 => format!("[{a}] {op} [{b}]"),
                _ => format!("({a}) {op} ({b})"),
            };
            self.attempt_of(name, &text);
        }
        // The same in place, with what has been computed going into the next step.
        let (a, b) = (self.value(), self.value());
        let op = self.pick(&["+", "-", "*", "//", "%", "&", "|", "^"]);
        put!(
            self,
            "    value = {a}\n    for _ in range(3):\n        try:\n            value {op}= {b}\n\
             \x20       except Exception as error:\n            seen('{name}', error)\n            \
             break\n    seen('{name}', repr(value)[:99])\n"
        );
    }

    fn scene_of_functions(&mut self, name: &str) {
        self.begin(name);
        for _ in 0..self.below(8) + 2 {
            let function = self.pick(&FUNCTIONS);
            let value = self.value();
            let text = match function.strip_suffix('_') {
                Some("hash") => format!("isinstance(hash({value}), int)"),
                Some("bytes" | "bytearray" | "math.isqrt" | "chr") => {
                    format!("{}(abs({value}) % 99)", function.trim_end_matches('_'))
                }
                Some("set" | "frozenset") => {
                    format!("len({}({value}))", function.trim_end_matches('_'))
                }
                Some(of) => format!("list({of}({value}))"),
                None => format!("{function}({value})"),
            };
            self.attempt_of(name, &text);
        }
    }

    fn scene_of_methods(&mut self, name: &str) {
        let (ty, methods) = self.pick(&METHODS);
        self.begin(name);
        let values: Vec<&str> = match ty {
            "str" => vec!["'abc'", "'a b  c'", "''", "'Straße'", "'ab\\ncd\\t'", "str(x) * 2"],
            "list" => vec!["[]", "[1, 2, x]", "['b', 'a']", "[1, 'a']", "[x] * 4"],
            "dict" => vec!["{}", "{'a': 1}", "{'a': x, 2: 3, 'c': []}"],
            "set" => vec!["set()", "{1}", "{1, 2, 3, x}"],
            _ => vec!["x", "-x", "255", "2**40", "True"],
        };
        for _ in 0..self.below(8) + 2 {
            let (value, method) = (self.some(&values), self.some(methods));
            if matches!(ty, "list" | "dict" | "set") {
                put!(self, "    value = {value}\n");
                self.attempt_of(name, &format!("(value.{method}, value)"));
            } else {
                self.attempt_of(name, &format!("({value}).{method}"));
            }
        }
    }

    fn scene_of_texts(&mut self, name: &str) {
        self.begin(name);
        for _ in 0..self.below(8) + 2 {
            let (value, spec) = (self.value(), self.pick(&SPECS));
            let text = match self.below(5) {
                0 => format!("format({value}, '{spec}')"),
                1 => format!("'{{:{spec}}}|{{!r}}'.format({value}, {})", self.value()),
                2 => format!("'{}' % ({value},)", self.pick(&PERCENT)),
                3 => format!(
                    "'{} {}' % ({value}, {})",
                    self.pick(&PERCENT),
                    self.pick(&PERCENT),
                    self.value()
                ),
                _ => format!("f'<{{({value}):{spec}}}>'")
                    .replace('\'', "\"")
                    .replacen("f\"", "f'''", 1),
            };
            // Quotes inside of an f-string would end it.
            let text = match text.strip_prefix("f'''") {
                Some(rest) => format!("f'''{}'''", rest.strip_suffix('"').unwrap_or(rest)),
                None => text,
            };
            self.attempt_of(name, &text);
        }
    }

    fn bound(&mut self) -> String {
        match self.below(4) {
            0 => String::new(),
            1 => "x".to_string(),
            _ => self.between(-9, 9).to_string(),
        }
    }

    fn scene_of_slices(&mut self, name: &str) {
        self.begin(name);
        for _ in 0..self.below(6) + 2 {
            let step = self.pick(&["", ":1", ":2", ":-1", ":-2", ":3", ":0", ":x"]);
            let slice = format!("[{}:{}{step}]", self.bound(), self.bound());
            let source = self.pick(&[
                "list(range(8))",
                "'abcdefgh'",
                "tuple('abcdef')",
                "bytearray(b'01234567')",
                "range(3, 40, 4)",
                "b'xyz'",
            ]);
            if self.one_in(2) {
                self.attempt_of(name, &format!("({source}){slice}"));
                continue;
            }
            let change = match self.below(3) {
                0 => format!("del value{slice}"),
                1 => format!("value{slice} = {}", self.value()),
                _ => format!("value{slice} = [x] * {}", self.below(5)),
            };
            put!(
                self,
                "    value = {source}\n    try:\n        {change}\n    except Exception as error:\n        \
                 seen('{name}', error)\n    seen('{name}', value)\n"
            );
        }
    }

    /// Blocks of `try` in each other, with every way out of them.
    fn tries(&mut self, name: &str, depth: usize, indent: usize) {
        let pad = "    ".repeat(indent);
        let way_out = |g: &mut Self, at: usize| match g.below(9) {
            0 => format!("return {at}"),
            1 => format!("raise {}({at})", g.pick(&RAISED)),
            2 => format!("raise {}('again') from {}({at})", g.pick(&RAISED), g.pick(&RAISED)),
            3 => "raise".to_string(),
            4 => g.pick(&["break", "continue"]).to_string(),
            5 => format!("seen('{name}', {} // (x % 3))", g.between(1, 9)),
            6 => format!("seen('{name}', {{}}[x])"),
            7 => format!("raise {}({at}) from None", g.pick(&RAISED)),
            _ => format!("seen('{name}', 'at', {at})"),
        };
        put!(self, "{pad}try:\n");
        if depth > 0 && self.one_in(2) {
            self.tries(name, depth - 1, indent + 1);
        }
        let text = way_out(self, depth);
        put!(self, "{pad}    if x % {} != 1:\n{pad}        {text}\n", self.below(3) + 2);
        let handlers = self.below(3);
        for i in 0..handlers {
            let kind = self.pick(&RAISED);
            put!(self, "{pad}except {kind} as error:\n");
            put!(
                self,
                "{pad}    seen('{name}', {i}, type(error).__name__, error.args, repr(error.__cause__), \
                 repr(error.__context__), error.__suppress_context__)\n"
            );
            if depth > 0 && self.one_in(3) {
                self.tries(name, depth - 1, indent + 1);
            }
            let text = way_out(self, depth + 10 + i);
            put!(self, "{pad}    {text}\n");
        }
        if handlers > 0 && self.one_in(3) {
            put!(self, "{pad}else:\n{pad}    seen('{name}', 'else')\n");
        }
        if handlers == 0 || self.one_in(2) {
            put!(self, "{pad}finally:\n{pad}    seen('{name}', 'finally', {depth})\n");
            if self.one_in(2) {
                let text = way_out(self, depth + 20);
                let text = if text == "raise" { "pass".to_string() } else { text };
                put!(self, "{pad}    {text}\n");
            }
        }
    }

    fn scene_of_exceptions(&mut self, name: &str) {
        put!(self, "\n\ndef {name}_body(x):\n    for turn in range(2):\n");
        self.tries(name, 2, 2);
        self.text.push_str("    return 'end'\n");
        self.begin(name);
        put!(
            self,
            "    try:\n        seen('{name}', {name}_body(x))\n    except Exception as error:\n        while error \
             is not None:\n            seen('{name}', repr(error), error.__suppress_context__)\n            \
             error = error.__cause__ or error.__context__\n"
        );
    }

    fn scene_of_generators(&mut self, name: &str) {
        put!(self, "\n\ndef {name}_inner(x):\n    got = yield x\n");
        put!(self, "    seen('{name}', 'inner got', got)\n");
        let end =
            self.pick(&["return got", "return 'done'", "raise KeyError(x)", "yield from 'ab'"]);
        put!(self, "    {end}\n\n\ndef {name}_outer(x):\n");
        let kind = self.pick(&RAISED[..4]);
        let body = self.pick(&[
            "value = yield from INNER(x)",
            "value = yield x + 1",
            "value = (yield 'first') or (yield 'second')",
        ]);
        put!(
            self,
            "    for turn in range(3):\n        try:\n            {}\n            seen('{name}', 'value', value)\n",
            body.replace("INNER", &format!("{name}_inner"))
        );
        put!(
            self,
            "        except {kind} as error:\n            seen('{name}', 'caught', repr(error))\n"
        );
        let way_out = self.pick(&[
            "yield 'recovered'",
            "return 'left'",
            "raise",
            "continue",
            "raise TypeError(turn)",
        ]);
        put!(self, "            {way_out}\n");
        if self.one_in(2) {
            put!(self, "        finally:\n            seen('{name}', 'finally', turn)\n");
        }
        self.text.push_str("    return 'outer end'\n");
        self.begin(name);
        put!(self, "    made = {name}_outer(x)\n");
        for _ in 0..self.below(6) + 3 {
            let step = match self.below(8) {
                0 => format!("made.throw({}(x))", self.pick(&RAISED)),
                1 => "made.close()".to_string(),
                2 => "made.send(None)".to_string(),
                3 | 4 => format!("made.send({})", self.value()),
                5 => "next(made, 'default')".to_string(),
                _ => "next(made)".to_string(),
            };
            self.attempt_of(name, &step);
        }
        self.attempt_of(name, "made.close()");
    }

    fn scene_of_classes(&mut self, name: &str) {
        let count = self.below(3) + 2;
        let class = |i: usize| format!("{}_{i}", name.replace("scene", "S"));
        // Whether each derives from a built-in type, which compares in its own way.
        let mut built_in: Vec<bool> = Vec::new();
        for i in 0..count {
            let mut chosen: Vec<usize> = (0..i).filter(|_| self.one_in(2)).collect();
            chosen.reverse();
            let bases: Vec<String> = chosen.iter().copied().map(class).collect();
            let base = match (bases.is_empty(), self.below(5)) {
                (true, 0) if i == 0 => "(int)".to_string(),
                (true, 1) => "(list)".to_string(),
                (true, 2) => "(dict)".to_string(),
                (true, 3) => "(Exception)".to_string(),
                (true, _) => String::new(),
                _ => format!("({})", bases.join(", ")),
            };
            built_in.push(match bases.is_empty() {
                true => !base.is_empty(),
                false => chosen.iter().any(|base| built_in[*base]),
            });
            // Bases may not go together: then there is one.
            let header = format!("class {}{base}:\n", class(i));
            let plain = format!("class {}:\n", class(i));
            let mut body = format!("    mark = {i}\n");
            let methods = [
                "    def hello(self, *args):\n        try:\n            return ['C', *super().hello(*args)]\n        except AttributeError as error:\n            return ['C', str(error)]\n",
                "    def __repr__(self):\n        return f'<C {self.mark}>'\n",
                "    def __eq__(self, other):\n        return NotImplemented if other is None else type(other) is type(self)\n\n    __hash__ = None\n",
                "    def __add__(self, other):\n        return ('C add', other)\n\n    def __radd__(self, other):\n        return ('C radd', other)\n",
                "    def __getattr__(self, name):\n        if name.startswith('__'):\n            raise AttributeError(name)\n        return 'C ' + name\n",
                "    def __len__(self):\n        return self.mark\n",
                "    def __iter__(self):\n        yield from (self.mark, 'C')\n",
                "    def __call__(self, *args, **kw):\n        return 'C', args, sorted(kw)\n",
                "    def __getitem__(self, key):\n        if key == 3:\n            raise IndexError(key)\n        return 'C', key\n",
                "    def __lt__(self, other):\n        return self.mark < getattr(other, 'mark', 0)\n",
                "    @property\n    def prop(self):\n        return 'C prop'\n",
                "    @prop_class\n    def of_class(cls):\n        return cls.__name__, cls.mark\n",
                "    def __contains__(self, item):\n        return item == self.mark\n",
                "    def __bool__(self):\n        return self.mark % 2 == 0\n",
                "    def __enter__(self):\n        return 'C entered'\n\n    def __exit__(self, *args):\n        return self.mark % 2\n",
                "    def __format__(self, spec):\n        return 'C:' + spec\n",
                "    def __init_subclass__(cls, **kw):\n        cls.told = 'C told'\n        super().__init_subclass__(**kw)\n",
            ];
            for _ in 0..self.below(5) + 1 {
                let method = self.pick(&methods);
                if built_in[i] && (method.contains("__lt__") || method.contains("__eq__")) {
                    continue;
                }
                let method = method.replace("prop_class", "classmethod");
                body.push('\n');
                body.push_str(&method.replace("'C", &format!("'{}", class(i))));
            }
            let whole = format!("{header}{body}").replace('\n', "\n    ");
            let alone = format!("{plain}{body}").replace('\n', "\n    ");
            put!(
                self,
                "\n\ntry:\n    {}\nexcept TypeError as error:\n    print(error)\n    {}\n",
                whole.trim_end(),
                alone.trim_end()
            );
        }
        self.begin(name);
        put!(self, "    a = {}()\n    b = {}()\n", class(count - 1), class(self.below(count)));
        self.attempt_of(name, &format!("[c.__name__ for c in {}.__mro__]", class(count - 1)));
        for _ in 0..self.below(10) + 4 {
            let use_of = self.pick(&[
                "a.hello(x)",
                "a == b",
                "a != b",
                "a + b",
                "a + x",
                "x + a",
                "a < b",
                "sorted([a, b, a])",
                "len(a)",
                "list(a)",
                "a(x, k=1)",
                "a[x]",
                "a['k']",
                "x in a",
                "bool(a)",
                "a.prop",
                "a.of_class()",
                "type(a).of_class()",
                "a.missing",
                "a.mark",
                "hash(a) == hash(b)",
                "isinstance(a, type(b))",
                "f'{a:>5}'",
                "str(a)[:30]",
                "[*a, *b]",
                "setattr(a, 'mark', 5) or a.mark",
                "a.told",
                "vars(a)",
                "max(a, b)",
                "a.prop.missing",
                "setattr(a, 'prop', 1)",
                "delattr(a, 'mark')",
                "a is b",
                "not a",
                "iter(a)[0]",
                "a.__class__.__name__",
                "dir(a)[:0]",
                "list(reversed(a))",
                "a @ b",
                "-a",
                "a += 1",
            ]);
            if use_of != "a += 1" && use_of != "vars(a)" {
                let text = format!("str({use_of}).split(' at 0x')[0]");
                self.attempt_of(name, &text);
            }
        }
        put!(
            self,
            "    try:\n        with a as entered:\n            seen('{name}', entered)\n            raise ValueError(x)\n    except \
             Exception as error:\n        seen('{name}', type(error).__name__, error)\n"
        );
    }

    fn scene_of_calls(&mut self, name: &str) {
        let parameters = self.pick(&[
            "a",
            "a, b=2",
            "a, /, b",
            "a, *, b",
            "*a",
            "**a",
            "a, *b, c=3",
            "a=1, **b",
            "a, /, b, *, c",
            "a, b=1, *c, d, **e",
            "",
            "a, b, c",
        ]);
        let names: Vec<&str> = parameters
            .split(", ")
            .map(|p| p.trim_start_matches('*').split('=').next().unwrap_or(""))
            .filter(|p| !p.is_empty() && *p != "/")
            .collect();
        let shown = names.join(", ");
        put!(
            self,
            "\n\ndef {name}_made(k):\n    count = 0\n\n    def inner({parameters}):\n        nonlocal count\n        count += k\n        return (count, {shown})\n\n    return inner\n"
        );
        self.begin(name);
        put!(self, "    f = {name}_made(x)\n");
        for _ in 0..self.below(8) + 3 {
            let mut arguments = Vec::new();
            for _ in 0..self.below(4) {
                arguments.push(self.pick(&["x", "1", "*[1, 2]", "*'ab'", "*()"]).to_string());
            }
            for key in ["a", "b", "c", "d", "z"] {
                if self.one_in(5) {
                    arguments.push(format!("{key}={}", self.pick(&["x", "5"])));
                }
            }
            if self.one_in(4) {
                arguments.push(
                    self.pick(&["**{}", "**{'b': 1}", "**{'y': 2, 'a': 3}", "**{1: 2}"])
                        .to_string(),
                );
            }
            self.attempt_of(name, &format!("f({})", arguments.join(", ")));
        }
    }

    fn scene_of_big_ints(&mut self, name: &str) {
        self.begin(name);
        let exponent = self.between(30, 200);
        put!(
            self,
            "    a = {}**{exponent} + x\n    b = -(7**{}) + x\n    c = x - 2\n",
            self.pick(&["2", "3", "10"]),
            self.between(1, 60)
        );
        for _ in 0..self.below(9) + 3 {
            let text = match self.below(10) {
                0 => format!(
                    "({} {} {})",
                    self.pick(&["a", "b"]),
                    self.pick(&["+", "-", "*", "//", "%", "&", "|", "^"]),
                    self.pick(&["a", "b", "c", "2**64"])
                ),
                1 => format!("a {} {}", self.pick(&["<<", ">>"]), self.between(0, 90)),
                2 => "divmod(a, b)".to_string(),
                3 => format!(
                    "pow(a, {}, {})",
                    self.between(0, 40),
                    self.pick(&["b", "97", "2**61 - 1"])
                ),
                4 => format!(
                    "(a {} b, a {} c * 1.5)",
                    self.pick(&["<", "==", ">="]),
                    self.pick(&["<", ">"])
                ),
                5 => format!(
                    "{}(a)",
                    self.pick(&[
                        "str",
                        "hex",
                        "float",
                        "bool",
                        "int.bit_length",
                        "math.isqrt",
                        "math.log2",
                        "abs",
                        "oct"
                    ])
                ),
                6 => format!("math.{}(a, b)", self.pick(&["gcd", "lcm"])),
                7 => format!("a / {}", self.pick(&["b", "c", "3"])),
                8 => format!(
                    "int('{}' * 12, {})",
                    self.below(8) + 10,
                    self.pick(&["10", "16", "36", "8"])
                ),
                _ => format!("round({}, {})", self.pick(&["a", "b"]), self.between(-20, 2)),
            };
            self.attempt_of(name, &text);
        }
    }

    fn scene_of_containers(&mut self, name: &str) {
        self.text
            .push_str("\n\nimport bisect, collections, functools, heapq, itertools, operator\n");
        self.begin(name);
        self.text.push_str(
            "    d = collections.deque(range(x), maxlen=x + 2)\n    h = [5, 3, x, 9]\n    heapq.heapify(h)\n    \
             c = collections.Counter('abracadabra'[x:])\n    m = collections.defaultdict(list)\n    s = [1, 3, x, 7]\n    s.sort()\n",
        );
        for _ in 0..self.below(10) + 4 {
            let text = self.pick(&[
                "d.append(x) or d",
                "d.appendleft('l') or d",
                "d.pop()",
                "d.popleft()",
                "d.rotate(x) or d",
                "d[1]",
                "d[-x]",
                "d.index(2)",
                "d.remove(1) or d",
                "d.insert(1, 'i') or d",
                "d.extend('ab') or d",
                "d.extendleft('ab') or d",
                "2 in d",
                "d.count(1)",
                "d + d",
                "d * 2",
                "list(reversed(d))",
                "d == collections.deque(range(x))",
                "d.reverse() or d",
                "heapq.heappush(h, x * 7 % 5) or h",
                "heapq.heappop(h)",
                "heapq.heappushpop(h, 4)",
                "heapq.heapreplace(h, x)",
                "heapq.nsmallest(2, h)",
                "heapq.nlargest(2, h, key=lambda v: -v)",
                "list(heapq.merge(s, [0, 4], [2]))",
                "c.most_common(2)",
                "c['z'] + c['a']",
                "c.update('ab') or c",
                "c - collections.Counter('aab')",
                "sorted(c.elements())",
                "m[x % 3].append(x) or dict(m)",
                "m.get('q')",
                "bisect.bisect(s, x)",
                "bisect.insort(s, x) or s",
                "list(itertools.chain(s, 'ab'))",
                "list(itertools.islice(itertools.count(x, 2), 1, 6, 2))",
                "list(itertools.accumulate(s))",
                "list(itertools.accumulate(s, operator.mul, initial=2))",
                "[(k, list(g)) for k, g in itertools.groupby(s, lambda v: v > 2)]",
                "list(itertools.product('ab', range(x % 3)))",
                "list(itertools.permutations(range(x % 4), 2))",
                "list(itertools.combinations('abcd', x % 5))",
                "list(itertools.zip_longest(s, 'ab', fillvalue=0))",
                "list(itertools.pairwise(s))",
                "list(itertools.takewhile(lambda v: v < 5, s))",
                "list(itertools.dropwhile(lambda v: v < 5, s))",
                "list(itertools.starmap(pow, zip(s, s)))",
                "list(itertools.compress('abcd', s))",
                "[list(t) for t in itertools.tee(iter(s), 3)]",
                "list(itertools.filterfalse(None, [0, x, '']))",
                "functools.reduce(operator.add, s)",
                "functools.reduce(operator.xor, [])",
                "functools.partial(max, x, key=abs)(-9)",
                "sorted(s, key=functools.cmp_to_key(lambda a, b: b - a))",
                "operator.itemgetter(1, -1)(s)",
                "operator.methodcaller('count', 3)(s)",
                "list(zip(s, d, h))",
                "list(zip(s, 'ab', strict=True))",
                "list(map(operator.add, s, s))",
                "list(enumerate(d, x))",
                "list(filter(None, map(bool, s)))",
                "sorted(zip(s, 'dcba'), key=operator.itemgetter(1))",
                "max(s, key=lambda v: v % 4, default=0)",
                "collections.OrderedDict(zip('abc', s)).popitem(last=False)",
                "collections.ChainMap({'a': 1}, {'a': 2, 'b': x})['b']",
                "collections.namedtuple('P', 'x y')(x, 2)._replace(y=s)",
            ]);
            self.attempt_of(name, text);
        }
        self.text
            .push_str("    for item in d:\n        if item == 1 and x > 3:\n            break\n");
    }
}
