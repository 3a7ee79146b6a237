"""Encodes text by exclusive or with a repeating key, writes it as hexadecimal digits and decodes it
again, n times.

Stresses ord and chr, joins of many short strings, slices and dicts from strings.
"""
import sys

DIGITS = "0123456789abcdef"
VALUES = {d: i for i, d in enumerate(DIGITS)}


def encode(text, key):
    parts = []
    at = 0
    for c in text:
        code = ord(c) ^ ord(key[at])
        at += 1
        if at == len(key):
            at = 0
        parts.append(DIGITS[code >> 4] + DIGITS[code & 15])
    return "".join(parts)


def decode(digits, key):
    text = ""
    for i in range(0, len(digits), 2):
        code = VALUES[digits[i]] * 16 + VALUES[digits[i + 1]]
        text += chr(code ^ ord(key[i // 2 % len(key)]))
    return text


def main(n=800):
    text = "The quick brown fox jumps over the lazy dog. " * 16
    check = 0
    for i in range(n):
        key = f"key-{i * 7919}"
        encoded = encode(text, key)
        if decode(encoded, key) != text:
            raise ValueError("decoding gives another text")
        for c in encoded[i % 5::61]:
            check = (check * 31 + ord(c)) % 1_000_000_007
        text = text[1:] + text[0]
    return len(encoded), check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
