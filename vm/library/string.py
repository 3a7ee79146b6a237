"""Constants of characters, and texts with places to fill."""

from _string_formatter import Formatter

whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    """Capitalizes every word."""
    return (sep or " ").join([word.capitalize() for word in s.split(sep)])


class Template:
    """A text with names behind `$`, which `substitute` replaces."""

    delimiter = "$"

    def __init__(self, template):
        self.template = template

    def _name_end(self, at):
        text, end = self.template, at
        while end < len(text) and text[end].isascii() and (text[end] == "_" or text[end].isalnum()):
            end += 1
        return end if end > at and not text[at].isdigit() else at

    def _parts(self):
        """What the text consists of: pairs of a kind (text, name, escape, invalid) and a text; and where."""
        text, mark = self.template, self.delimiter
        at = 0
        while True:
            found = text.find(mark, at)
            if found < 0:
                yield "text", text[at:], at
                return
            if found > at:
                yield "text", text[at:found], at
            at = found + len(mark)
            if text.startswith(mark, at):
                yield "escape", mark + mark, found
                at += len(mark)
                continue
            braced = text.startswith("{", at)
            begin = at + 1 if braced else at
            end = self._name_end(begin)
            if end == begin or braced and not text.startswith("}", end):
                yield "invalid", mark, found
                continue
            at = end + 1 if braced else end
            yield "name", text[begin:end], found

    def _invalid(self, at):
        lines = self.template[:at].splitlines(keepends=True)
        if not lines or lines[-1].endswith("\n"):
            lines.append("")
        raise ValueError("Invalid placeholder in string: "
                         f"line {len(lines)}, col {len(lines[-1]) + 1}")

    def _filled(self, mapping, named, safe):
        def value_of(name):
            return named[name] if name in named else mapping[name]

        result = []
        for kind, text, at in self._parts():
            if kind == "name":
                try:
                    text = str(value_of(text))
                except KeyError:
                    if not safe:
                        raise
                    end = at + len(self.delimiter)
                    braced = self.template.startswith("{", end)
                    text = self.template[at:end + len(text) + 2 * braced]
            elif kind == "escape":
                text = self.delimiter
            elif kind == "invalid" and not safe:
                self._invalid(at)
            result.append(text)
        return "".join(result)

    def substitute(self, mapping={}, /, **kws):
        """The text with values in the places of names; each must have one."""
        return self._filled(mapping, kws, False)

    def safe_substitute(self, mapping={}, /, **kws):
        """The text with values in the places of those names that have one."""
        return self._filled(mapping, kws, True)

    def get_identifiers(self):
        """The names, in order."""
        return list(dict.fromkeys([text for kind, text, _ in self._parts() if kind == "name"]))

    def is_valid(self):
        """Whether nothing but names and escapes stands behind `$`."""
        return all(kind != "invalid" for kind, _, _ in self._parts())
