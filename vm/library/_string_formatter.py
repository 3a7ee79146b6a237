"""`string.Formatter`: what `str.format` does, in parts that classes derived from it change.

Terms. A *field* stands in braces: a name (an argument and what leads on from it), a conversion behind `!`, and a
specification behind `:`, which may have fields of its own.
"""


def _field_end(text, at):
    """Where the name of a field ends that begins there: at `:`, `!` or `}`, or at the end; not within brackets."""
    while at < len(text):
        c = text[at]
        if c in ":!}":
            return at
        if c == "{":
            raise ValueError("unexpected '{' in field name")
        if c == "[":
            at = text.find("]", at)
            if at < 0:
                break
        at += 1
    return len(text)


def _specification_end(text, at):
    """Where the `}` is that ends a format specification, which may have fields of its own."""
    depth = 1
    while at < len(text):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise ValueError("unmatched '{' in format spec")


def _field(text, at):
    """The field whose name begins there: name, specification, conversion; and the place behind it."""
    end = _field_end(text, at)
    name, conversion = text[at:end], None
    if end == len(text):
        raise ValueError("expected '}' before end of string")
    if text[end] == "!":
        if end + 1 == len(text):
            raise ValueError("end of string while looking for conversion specifier")
        conversion = text[end + 1]
        end += 2
        if end == len(text):
            raise ValueError("unmatched '{' in format spec")
        if text[end] not in ":}":
            raise ValueError("expected ':' after conversion specifier")
    if text[end] == "}":
        return name, "", conversion, end + 1
    begin = end + 1
    end = _specification_end(text, begin)
    return name, text[begin:end], conversion, end + 1


def _key(text):
    return int(text) if text.isascii() and text.isdigit() else text


def _first_key(name):
    """What a field's name begins with, and the place behind it."""
    end = 0
    while end < len(name) and name[end] not in ".[":
        end += 1
    return _key(name[:end]), end


def _steps(name, at):
    """The attributes and items that a field's name goes on with: pairs of whether it is an attribute, and a key."""
    while at < len(name):
        attribute = name[at] == "."
        if not attribute and name[at] != "[":
            raise ValueError("Only '.' or '[' may follow ']' in format field specifier")
        begin = end = at + 1
        while end < len(name) and name[end] not in (".[" if attribute else "]"):
            end += 1
        if not attribute and end == len(name):
            raise ValueError("Missing ']' in format string")
        if end == begin:
            raise ValueError("Empty attribute in format string")
        key = name[begin:end]
        yield attribute, key if attribute else _key(key)
        at = end if attribute else end + 1


class Formatter:
    """What `str.format` does, in parts that classes derived from it change."""

    def format(self, format_string, /, *args, **kwargs):
        """The text with values in the places of its fields."""
        return self.vformat(format_string, args, kwargs)

    def vformat(self, format_string, args, kwargs):
        """The same with the arguments as a sequence and a mapping."""
        used = set()
        result, _ = self._expanded(format_string, args, kwargs, used, 2, 0)
        self.check_unused_args(used, args, kwargs)
        return result

    def _expanded(self, text, args, kwargs, used, levels, number):
        """The text filled in, and the number of the next field without a name; False where numbers are given."""
        if levels < 0:
            raise ValueError("Max string recursion exceeded")
        result = []
        for literal, name, specification, conversion in self.parse(text):
            if literal:
                result.append(literal)
            if name is None:
                continue
            if name == "" or name.isdigit():
                if (number is False) if name == "" else number:
                    raise ValueError("cannot switch from manual field specification to automatic field numbering")
                if name == "":
                    name = str(number)
                    number += 1
                else:
                    number = False
            value, key = self.get_field(name, args, kwargs)
            used.add(key)
            value = self.convert_field(value, conversion)
            specification, number = self._expanded(specification, args, kwargs, used, levels - 1, number)
            result.append(self.format_field(value, specification))
        return "".join(result), number

    def parse(self, format_string):
        """The parts of a text: what stands before a field, and the field's name, specification and conversion."""
        if not isinstance(format_string, str):
            raise TypeError(f"expected str, got {type(format_string).__name__}")
        at, begin = 0, 0
        while at < len(format_string):
            c = format_string[at]
            if c not in "{}":
                at += 1
                continue
            literal = format_string[begin:at]
            if format_string.startswith(c, at + 1):
                yield literal + c, None, None, None
                at += 2
            elif c == "}" or at + 1 == len(format_string):
                raise ValueError(f"Single '{c}' encountered in format string")
            else:
                name, specification, conversion, at = _field(format_string, at + 1)
                yield literal, name, specification, conversion
            begin = at
        if begin < at:
            yield format_string[begin:], None, None, None

    def get_field(self, field_name, args, kwargs):
        """The value that the name of a field stands for, and the argument that it begins with."""
        first, end = _first_key(field_name)
        value = self.get_value(first, args, kwargs)
        for attribute, key in _steps(field_name, end):
            value = getattr(value, key) if attribute else value[key]
        return value, first

    def get_value(self, key, args, kwargs):
        """The argument of a number or name."""
        return args[key] if isinstance(key, int) else kwargs[key]

    def check_unused_args(self, used_args, args, kwargs):
        """Called with the arguments that were used; any are good."""

    def format_field(self, value, format_spec):
        """The text of a value."""
        return format(value, format_spec)

    def convert_field(self, value, conversion):
        """The value that a conversion makes of another one."""
        if conversion is None:
            return value
        if conversion == "s":
            return str(value)
        if conversion == "r":
            return repr(value)
        if conversion == "a":
            return ascii(value)
        raise ValueError(f"Unknown conversion specifier {conversion}")
