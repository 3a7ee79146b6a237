//! A scene of loops: one function goes through things of several kinds, so that what was compiled for one meets the
//! next.

use super::Generator;

/// What is gone through; `C` begins the names of the scene's own classes, `x` is the scene's argument.
const KINDS: [&str; 38] = [
    "[1, 2, 3]",
    "[x, 2.5, 'a']",
    "(1, 2, 3)",
    "'abc'",
    "'äöü'",
    "b'abc'",
    "bytearray(b'abc')",
    "range(3)",
    "range(x, -x, -2)",
    "{1: 2, 2: 3, 3: 1}",
    "{1: 2, 2: 3, 3: 1}.items()",
    "{1: 2, 2: 3, 3: 1}.values()",
    "{3}",
    "frozenset((2,))",
    "collections.deque([1, 2, 3])",
    "array.array('i', [1, 2, 3])",
    "array.array('d', [0.5, 2])",
    "collections.OrderedDict(a=1, b=2, c=3)",
    "collections.Counter('abca')",
    "collections.defaultdict(int, {1: 2, 3: 4})",
    "CList([1, 2, 3])",
    "CTuple((1, 2, 3))",
    "CText('abc')",
    "CDict({1: 2, 2: 3, 3: 4})",
    "CDeque([1, 2, 3])",
    "CNamed(1, 2, 3)",
    "CIterates()",
    "CIndexed()",
    "[]",
    "()",
    "None",
    "7",
    "(y for y in (1, 2, 3))",
    "iter([1, 2, 3])",
    "map(str, [1, 2, 3])",
    "zip('ab', 'cd')",
    "enumerate('abc')",
    "reversed([1, 2, 3])",
];

/// What is done with it in each turn `i`.
const STEPS: [&str; 24] = [
    "for y in items:\n found.append(y)",
    "for y in items:\n found.append(y)\n if len(found) % 7 == 3:\n  break\nelse:\n found.append('else')",
    "for y in items:\n for z in items:\n  found.append((y, z))",
    "for j, y in enumerate(items):\n found.append((j, y))",
    "for y, z in zip(items, items):\n found.append(y == z)",
    "for y in gone_through(items):\n found.append(y)",
    "a, *b = items\nfound.append((a, len(b)))",
    "a, b, c = items\nfound.append((c, a))",
    "found.append(len(items))",
    "found.append(items[i % 3])",
    "found.append(items[-1])",
    "found.append(items[1 : i % 4])",
    "found.append((2 in items, 'b' in items))",
    "found += [y for y in items]",
    "found.append([*items][:3])",
    "found.append(sorted(map(str, items))[:2])",
    "found.append('true' if items else 'false')",
    "if not items:\n found.append('empty')",
    "found.append((items == other, items != other))",
    "found.append(items is other or items == items)",
    "it = iter(items)\nfound.append(next(it))\nfound += it",
    "found += items + items",
    "found.append(list(map(type, items))[0].__name__)",
    "other, items = items, other",
];

/// What one of the scene's classes may say itself.
const METHODS: [&str; 6] = [
    "    pass\n",
    "    mark = 1\n",
    "    def __len__(self):\n        return 2\n",
    "    def __iter__(self):\n        return iter((7, 8, 9))\n",
    "    def __getitem__(self, at):\n        return 'item'\n",
    "    def __contains__(self, item):\n        return True\n",
];

impl Generator {
    pub(super) fn scene_of_loops(&mut self, name: &str) {
        let class = name.replace("scene", "C");
        let mut text = String::from("\n\nimport array\nimport collections\n");
        for (kind, base) in [
            ("List", "list"),
            ("Tuple", "tuple"),
            ("Text", "str"),
            ("Dict", "dict"),
            ("Deque", "collections.deque"),
        ] {
            // A deque asks a `__len__` of the program's for places from the end.
            let methods = match self.below(3) {
                0 if kind != "Deque" => self.pick(&METHODS),
                _ => METHODS[0],
            };
            text += &format!("\n\nclass {class}{kind}({base}):\n{methods}");
        }
        text += &format!(
            "\n\n{class}Named = collections.namedtuple('{class}Named', 'a b c')\n\n\n\
             class {class}Iterates:\n    def __iter__(self):\n        return iter((1, 2, 3))\n\n\n\
             class {class}Indexed:\n    def __getitem__(self, at):\n        if at > 2:\n            \
             raise IndexError(at)\n        return at * 2\n\n\n\
             def gone_through(items):\n    yield from items\n\n\n\
             def {name}_turns(items, other, count):\n    found = []\n    for i in range(count):\n"
        );
        for _ in 0..self.below(3) + 1 {
            text += "        try:\n";
            for line in self.pick(&STEPS).lines() {
                let depth = line.len() - line.trim_start().len();
                let line = line.trim_start();
                text += &format!("{:width$}{line}\n", "", width = 12 + 4 * depth);
            }
            text += "        except Exception as error:\n            found.append(str(error))\n";
        }
        text += &format!("    return len(found), found[:3], found[-9:]\n\n\ndef {name}(x):\n");
        let turns = [4, 12, 40][self.below(3)];
        for _ in 0..self.below(4) + 2 {
            let (items, other) = (self.pick(&KINDS), self.pick(&KINDS));
            let own = |kind: &str| match kind.strip_prefix('C') {
                Some(rest) => format!("{class}{rest}"),
                None => kind.to_string(),
            };
            let call = format!("{name}_turns({}, {}, {turns})", own(items), own(other));
            text += &format!("    tried('{name}', lambda: {call})\n");
        }
        self.text.push_str(&text);
    }
}
