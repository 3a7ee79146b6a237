"""Splits program text into tokens, without regular expressions, and evaluates the expressions in it by
precedence climbing, n times.

Stresses comparison of characters, tuples, dicts of strings, and generators that a parser reads from.
"""
import sys

OPERATORS = {"||": 1, "&&": 2, "==": 3, "<": 4, ">": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}

SOURCE = """
# Some assignments.
width = 12 + 3 * (4 - 1)
height = width * 2 % 17 + 100 / 7
area = width * height - (width + height) * 2
small = area < 500 && width > 3 || height == 0
name = "a string with spaces" + "another"
deep = ((((1 + 2) * 3 - 4) * 5 + 6) * 7 - 8) % 1000
long_name_of_a_variable = deep * deep + small * 3 - width
text = name + "!"   # a comment at the end
"""


def tokens(text):
    at = 0
    length = len(text)
    while at < length:
        c = text[at]
        if c == "#":
            while at < length and text[at] != "\n":
                at += 1
        elif c == "\n":
            yield "end", c
            at += 1
        elif c == " ":
            at += 1
        elif c.isalpha() or c == "_":
            start = at
            while at < length and (text[at].isalnum() or text[at] == "_"):
                at += 1
            yield "name", text[start:at]
        elif c.isdigit():
            start = at
            while at < length and text[at].isdigit():
                at += 1
            yield "number", text[start:at]
        elif c == '"':
            start = at + 1
            at = start
            while text[at] != '"':
                at += 1
            yield "string", text[start:at]
            at += 1
        elif text[at:at + 2] in OPERATORS:
            yield "operator", text[at:at + 2]
            at += 2
        elif c in OPERATORS or c in "()=":
            yield "operator", c
            at += 1
        else:
            raise ValueError(f"{c!r} at {at} begins no token")
    yield "end", ""


def apply(operator, a, b):
    if isinstance(a, str) or isinstance(b, str):
        if operator == "+":
            return str(a) + str(b)
        return len(str(a)) - len(str(b))
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    if operator == "/":
        return a // b
    if operator == "%":
        return a % b
    if operator == "<":
        return int(a < b)
    if operator == ">":
        return int(a > b)
    if operator == "==":
        return int(a == b)
    if operator == "&&":
        return int(bool(a) and bool(b))
    return int(bool(a) or bool(b))


class Evaluator:
    def __init__(self, text):
        self.stream = tokens(text)
        self.names = {}
        self.count = 0
        self.advance()

    def advance(self):
        self.kind, self.text = next(self.stream, ("done", ""))
        self.count += 1

    def operand(self):
        kind, text = self.kind, self.text
        self.advance()
        if kind == "number":
            return int(text)
        if kind == "string":
            return text
        if kind == "name":
            return self.names[text]
        value = self.expression(1)
        self.advance()
        return value

    def expression(self, least):
        left = self.operand()
        while self.kind == "operator" and OPERATORS.get(self.text, 0) >= least:
            operator = self.text
            self.advance()
            left = apply(operator, left, self.expression(OPERATORS[operator] + 1))
        return left

    def run(self):
        while self.kind != "done":
            if self.kind == "name":
                name = self.text
                self.advance()
                self.advance()
                self.names[name] = self.expression(1)
            self.advance()
        return self.names


def main(n=3_500):
    check = 0
    count = 0
    for i in range(n):
        evaluator = Evaluator(SOURCE.replace("12", str(i + 1)))
        for name, value in evaluator.run().items():
            number = value if isinstance(value, int) else len(value)
            check = (check * 31 + number + len(name)) % 1_000_000_007
        count += evaluator.count
    return count, check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
