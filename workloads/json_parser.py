"""Reads JSON text into dicts, lists, strings and numbers, and writes it again, n times.

Stresses single characters of strings, slices, recursion through a class, and building of
containers.
"""
import sys

SPACE = " \t\r\n"
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "r": "\r"}
WRITTEN = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
WORDS = {"true": True, "false": False, "null": None}


class Parser:
    def __init__(self, text):
        self.text = text
        self.at = 0

    def fail(self, wanted):
        raise ValueError(f"{wanted} expected at {self.at}")

    def skip(self):
        text, at = self.text, self.at
        while at < len(text) and text[at] in SPACE:
            at += 1
        self.at = at
        return text[at] if at < len(text) else ""

    def expect(self, character):
        if self.skip() != character:
            self.fail(character)
        self.at += 1

    def value(self):
        c = self.skip()
        if c == "{":
            return self.object()
        if c == "[":
            return self.array()
        if c == '"':
            return self.string()
        if c == "-" or "0" <= c <= "9":
            return self.number()
        for word, value in WORDS.items():
            if self.text[self.at:self.at + len(word)] == word:
                self.at += len(word)
                return value
        self.fail("a value")

    def object(self):
        found = {}
        self.expect("{")
        if self.skip() == "}":
            self.at += 1
            return found
        while True:
            self.skip()
            key = self.string()
            self.expect(":")
            found[key] = self.value()
            if self.skip() != ",":
                self.expect("}")
                return found
            self.at += 1

    def array(self):
        found = []
        self.expect("[")
        if self.skip() == "]":
            self.at += 1
            return found
        while True:
            found.append(self.value())
            if self.skip() != ",":
                self.expect("]")
                return found
            self.at += 1

    def string(self):
        self.expect('"')
        text = self.text
        parts = []
        start = at = self.at
        while True:
            c = text[at]
            if c == '"':
                parts.append(text[start:at])
                self.at = at + 1
                return "".join(parts)
            if c == "\\":
                parts.append(text[start:at])
                escaped = text[at + 1]
                if escaped == "u":
                    parts.append(chr(int(text[at + 2:at + 6], 16)))
                    at += 6
                else:
                    parts.append(ESCAPES[escaped])
                    at += 2
                start = at
            else:
                at += 1

    def number(self):
        text, start = self.text, self.at
        at = start
        exact = True
        while at < len(text) and text[at] in "+-0123456789.eE":
            if text[at] in ".eE":
                exact = False
            at += 1
        self.at = at
        digits = text[start:at]
        return int(digits) if exact else float(digits)


def write(value, out):
    if isinstance(value, dict):
        out.append("{")
        first = True
        for key, item in value.items():
            if not first:
                out.append(", ")
            first = False
            write(key, out)
            out.append(": ")
            write(item, out)
        out.append("}")
    elif isinstance(value, list):
        out.append("[")
        for i, item in enumerate(value):
            if i:
                out.append(", ")
            write(item, out)
        out.append("]")
    elif isinstance(value, str):
        out.append('"' + "".join([WRITTEN.get(c, c) for c in value]) + '"')
    elif value is None or isinstance(value, bool):
        out.append({True: "true", False: "false", None: "null"}[value])
    else:
        out.append(repr(value))


def document(entries):
    lines = []
    for i in range(entries):
        lines.append(
            f'{{"id": {i}, "name": "entry \\"{i}\\" \\u00e9\\t{"x" * (i % 7)}", "score": {i * 0.37:.4f},'
            f' "tags": ["a{i % 5}", "b", []], "flag": {"true" if i % 3 else "false"},'
            f' "inner": {{"big": {i ** 5}, "none": null, "exp": -1.5e{i % 20}}}}}'
        )
    return "[\n  " + ",\n  ".join(lines) + "\n]\n"


def main(n=50):
    text = document(60)
    check = 0
    for _ in range(n):
        value = Parser(text).value()
        out = []
        write(value, out)
        written = "".join(out)
        for c in written[::17]:
            check = (check * 31 + ord(c)) % 1_000_000_007
        if Parser(written).value() != value:
            raise ValueError("what was written is read as something else")
    return len(text), len(written), check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
