"""Counts words and pairs of words in a made-up text of n sentences, and sorts what is most frequent.

Stresses dicts with strings and tuples as keys, string methods, and sorting with a key.
"""
import sys

SYLLABLES = ["ka", "lo", "mi", "ne", "ra", "su", "ti", "vo", "ze", "qua", "rip", "ston"]


def sentences(count):
    state = 99
    for _ in range(count):
        words = []
        for _ in range(6 + count % 5):
            state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            first = SYLLABLES[(state >> 8) % len(SYLLABLES)]
            second = SYLLABLES[(state >> 16) % 5]
            words.append(first + second if state >> 20 & 3 else first)
        yield " ".join(words).capitalize() + "."


def main(n=55_000):
    words = {}
    pairs = {}
    letters = {}
    for sentence in sentences(n):
        before = None
        for word in sentence.split():
            word = word.strip(".,").lower()
            words[word] = words.get(word, 0) + 1
            if before is not None:
                pair = before, word
                if pair in pairs:
                    pairs[pair] += 1
                else:
                    pairs[pair] = 1
            before = word
            initial = word[0]
            letters.setdefault(initial, set()).add(word)
    common = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:3]
    often = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:2]
    check = 0
    for word, count in sorted(words.items()):
        check = (check * 31 + count * len(word)) % 1_000_000_007
    return common, often, {c: len(found) for c, found in sorted(letters.items())}, check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
