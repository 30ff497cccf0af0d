"""The automata against Python's own regular expressions, over every expression of the model."""

import random
import re
import unittest

from apimodel.model import Model
from apimodel.patterns import compile_pattern

SEEDS = ["", "a", "Z", "0", "_", "-", "a.b", "a b", "/", "s3://bucket/key", "arn:aws:glue:x", "aws:",
         "arn:aws:iam::123456789012:role/x", "arn:aws:kms:us-east-1:123456789012:key/k",
         "Sun:07", "Mon:24", "3.9", "2", "auto", "1.0", "x.y.z", "https://a.b/c", "$.a[0]", "5-9",
         "0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f", "\u00e9", "\U0001f40c", "\n", "\t", "\x00", "__9",
         "sc://host", "a:b", "*", "<", "[x]", "ja-0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f", "A_B"]


def as_python(text):
    """The model's dialect in Python's: surrogate pairs are one code point, sets in ASCII."""
    text = text.replace(r"\uD800\uDC00-\uDBFF\uDFFF", "\U00010000-\U0010ffff")
    return re.compile(text, re.DOTALL | re.ASCII)


class Patterns(unittest.TestCase):
    def test_agree_with_python(self):
        chance = random.Random(1)
        texts = list(SEEDS)
        for _ in range(1500):
            chars = list(chance.choice(SEEDS) + chance.choice(SEEDS))
            for _ in range(chance.randrange(3)):
                if chars:
                    chars[chance.randrange(len(chars))] = chr(chance.randrange(0x20, 0x7F))
            texts.append("".join(chars))
        expressions = {shape.facts["pattern"] for shape in Model().shapes.values()
                       if "pattern" in shape.facts}
        self.assertGreater(len(expressions), 50)
        for expression in sorted(expressions):
            if r"\p{" in expression:
                continue  # Python has none; the next test holds our reading
            machine, oracle = compile_pattern(expression), as_python(expression)
            for text in texts:
                self.assertEqual(machine.matches(text), oracle.fullmatch(text) is not None,
                                 (expression, text))

    def test_unicode_properties_are_exact_in_ascii_only(self):
        machine = compile_pattern(r"[\p{L}\p{N}\p{P}]*")
        self.assertTrue(machine.matches("aZ09-_!\u00e9"))
        for refused in "a b", "a+b", "$", "<", "\n":
            self.assertFalse(machine.matches(refused), refused)

    def test_refuses_what_it_cannot_read(self):
        for expression in "a{2", "(a", "[a", "a$b", "(?=a)", "x(?!y)(z", r"\q", "*", "a**)":
            with self.assertRaises((ValueError, IndexError)):
                compile_pattern(expression)


if __name__ == "__main__":
    unittest.main()
