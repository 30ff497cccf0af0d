"""Regular expressions of the API model to minimal deterministic automata.

The dialect is what the model uses: literals, classes, groups, alternatives, * + ? {n} {n,m}, the
usual escapes, ^ and $ at the ends, and a negative look-ahead outside groups. A match is of the whole
text, and a dot matches every code point (a definition may span lines). Built with derivatives
(Brzozowski 1964), which know intersection and complement, so that a look-ahead costs nothing.

Of \\p{L}, \\p{N} and \\p{P} only the ASCII part is exact; everything above is taken as matching.
"""

import dataclasses

MAX_CODE_POINT = 0x10FFFF
EMPTY, EPSILON = ("empty",), ("epsilon",)


def normal(ranges):
    """Sorted, joined ranges."""
    out = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return tuple(out)


def complement(ranges):
    out, at = [], 0
    for low, high in normal(ranges):
        if low > at:
            out.append((at, low - 1))
        at = high + 1
    if at <= MAX_CODE_POINT:
        out.append((at, MAX_CODE_POINT))
    return tuple(out)


def chars(text):
    return [(ord(c), ord(c)) for c in text]


ANY = ((0, MAX_CODE_POINT),)
DIGIT = [(0x30, 0x39)]
WORD = [(0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A), (0x5F, 0x5F)]
SPACE = chars(" \t\n\x0b\f\r")
NON_ASCII = [(0x80, MAX_CODE_POINT)]
ESCAPES = {"d": DIGIT, "D": complement(DIGIT), "w": WORD, "W": complement(WORD),
           "s": SPACE, "S": complement(SPACE),
           "n": chars("\n"), "r": chars("\r"), "t": chars("\t")}
PROPERTIES = {"L": [(0x41, 0x5A), (0x61, 0x7A)] + NON_ASCII,
              "N": DIGIT + NON_ASCII,
              "P": chars("!\"#%&'()*,-./:;?@[\\]_{}") + NON_ASCII}


# Smart constructors: equal languages should become equal terms, or the automaton never closes.

def klass(ranges):
    ranges = normal(ranges)
    return ("class", ranges) if ranges else EMPTY


def cat(a, b):
    if EMPTY in (a, b):
        return EMPTY
    if a == EPSILON:
        return b
    if b == EPSILON:
        return a
    if a[0] == "cat":
        return cat(a[1], cat(a[2], b))
    return ("cat", a, b)


def star(a):
    if a in (EMPTY, EPSILON):
        return EPSILON
    return a if a[0] == "star" else ("star", a)


EVERYTHING = star(klass(ANY))
NOTHING_BUT = ("not", EMPTY)


def alt(terms):
    flat = set()
    for term in terms:
        flat |= set(term[1]) if term[0] == "alt" else {term}
    flat.discard(EMPTY)
    if EVERYTHING in flat or NOTHING_BUT in flat:
        return EVERYTHING
    if not flat:
        return EMPTY
    return flat.pop() if len(flat) == 1 else ("alt", frozenset(flat))


def both(terms):
    flat = set()
    for term in terms:
        flat |= set(term[1]) if term[0] == "and" else {term}
    if EMPTY in flat:
        return EMPTY
    flat -= {EVERYTHING, NOTHING_BUT}
    if not flat:
        return EVERYTHING
    return flat.pop() if len(flat) == 1 else ("and", frozenset(flat))


def negate(a):
    if a == EVERYTHING:
        return EMPTY
    return a[1] if a[0] == "not" else ("not", a)


def nullable(term):
    kind = term[0]
    if kind in ("epsilon", "star"):
        return True
    if kind == "cat":
        return nullable(term[1]) and nullable(term[2])
    if kind == "alt":
        return any(nullable(t) for t in term[1])
    if kind == "and":
        return all(nullable(t) for t in term[1])
    return kind == "not" and not nullable(term[1])


def derive(term, code_point):
    """What may follow once `code_point` has been read."""
    kind = term[0]
    if kind == "class":
        inside = any(low <= code_point <= high for low, high in term[1])
        return EPSILON if inside else EMPTY
    if kind == "cat":
        first = cat(derive(term[1], code_point), term[2])
        return alt([first, derive(term[2], code_point)]) if nullable(term[1]) else first
    if kind == "star":
        return cat(derive(term[1], code_point), term)
    if kind == "alt":
        return alt(derive(t, code_point) for t in term[1])
    if kind == "and":
        return both(derive(t, code_point) for t in term[1])
    if kind == "not":
        return negate(derive(term[1], code_point))
    return EMPTY


class Parser:
    """Recursive descent over one expression."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def fail(self, why):
        raise ValueError(f"{self.text!r} at {self.at}: {why}")

    def peek(self, length=1):
        return self.text[self.at:self.at + length]

    def take(self, expected=None):
        if self.at >= len(self.text):
            self.fail("ends early")
        char = self.text[self.at]
        if expected is not None and char != expected:
            self.fail(f"wanted {expected!r}")
        self.at += 1
        return char

    def parse(self):
        term = self.alternatives(top=True)
        if self.at != len(self.text):
            self.fail("cannot read on")
        return term

    def alternatives(self, top=False):
        branches = [self.branch(top)]
        while self.peek() == "|":
            self.take()
            branches.append(self.branch(top))
        return alt(branches)

    def branch(self, top):
        items = []
        if top and self.peek() == "^":
            self.take()
        while self.peek() not in ("", "|", ")"):
            if self.peek() == "$":
                self.take()
                if not top or self.peek() not in ("", "|"):
                    self.fail("$ inside")
            elif self.peek(3) == "(?!":
                if not top:
                    self.fail("look-ahead inside a group")
                self.at += 3
                refused = self.alternatives()
                self.take(")")
                items.append(("ahead", refused))
            else:
                items.append(self.repeated())
        term = EPSILON
        for item in reversed(items):
            if item[0] == "ahead":
                term = both([negate(cat(item[1], EVERYTHING)), term])
            else:
                term = cat(item, term)
        return term

    def repeated(self):
        term = self.atom()
        while self.peek() in ("*", "+", "?", "{") and self.peek():
            sign = self.take()
            if sign == "*":
                term = star(term)
            elif sign == "+":
                term = cat(term, star(term))
            elif sign == "?":
                term = alt([EPSILON, term])
            else:
                least, _, most = self.until("}").partition(",")
                count = int(least)
                more = int(most) - count if most else 0
                optional = EPSILON
                for _ in range(more):
                    optional = alt([EPSILON, cat(term, optional)])
                repeated = optional
                for _ in range(count):
                    repeated = cat(term, repeated)
                term = repeated
        return term

    def until(self, end):
        start = self.at
        while self.take() != end:
            pass
        return self.text[start:self.at - 1]

    def atom(self):
        char = self.take()
        if char == "(":
            term = self.alternatives()
            self.take(")")
            return term
        if char == "[":
            return klass(self.char_class())
        if char == ".":
            return klass(ANY)
        if char == "\\":
            return klass(self.escape())
        if char in "*+?{^$":
            self.fail("unexpected")
        return klass(chars(char))

    def escape(self):
        """Ranges of the escape behind a backslash; surrogate pairs join."""
        char = self.take()
        if char in ESCAPES:
            return ESCAPES[char]
        if char == "p":
            self.take("{")
            return PROPERTIES[self.until("}")]
        if char in "ux":
            code = self.hex(4 if char == "u" else 2)
            if 0xD800 <= code < 0xDC00 and self.peek(2) == "\\u":
                self.at += 2
                code = 0x10000 + ((code - 0xD800) << 10) + (self.hex(4) - 0xDC00)
            return [(code, code)]
        if char.isalnum():
            self.fail(f"unknown escape {char!r}")
        return chars(char)

    def hex(self, digits):
        self.at += digits
        return int(self.text[self.at - digits:self.at], 16)

    def char_class(self):
        negative = self.peek() == "^"
        if negative:
            self.take()
        ranges = []
        while self.peek() != "]":
            first = self.class_item()
            # A hyphen is a range only between two single characters; after a range it is itself.
            if self.peek() == "-" and self.peek(2) != "-]" and len(first) == 1 \
                    and first[0][0] == first[0][1]:
                self.take()
                last = self.class_item()
                ranges.append((first[0][0], last[0][1]))
                if self.peek() == "-":
                    ranges += chars(self.take())
            else:
                ranges += first
        self.take("]")
        return complement(ranges) if negative else ranges

    def class_item(self):
        char = self.take()
        return self.escape() if char == "\\" else chars(char)


@dataclasses.dataclass
class Automaton:
    starts: list      # first code point of each range
    classes: list     # class of each range
    class_count: int
    next: list        # rows by state; 0 refuses for ever, 1 is the start
    accepting: list

    def matches(self, text):
        state = 1
        for char in text:
            at = max(i for i, start in enumerate(self.starts) if start <= ord(char))
            state = self.next[state][self.classes[at]]
        return self.accepting[state]


def leaves(term):
    if term[0] == "class":
        yield term[1]
    elif term[0] in ("alt", "and"):
        for inner in term[1]:
            yield from leaves(inner)
    elif term[0] in ("cat", "star", "not"):
        for inner in term[1:]:
            yield from leaves(inner)


def partition(term):
    """Ranges of code points that no class of the expression tells apart."""
    sets = sorted(set(leaves(term)))
    starts = {0}
    for ranges in sets:
        for low, high in ranges:
            starts.add(low)
            if high < MAX_CODE_POINT:
                starts.add(high + 1)
    starts, classes, known = sorted(starts), [], {}
    for start in starts:
        signature = tuple(any(low <= start <= high for low, high in ranges) for ranges in sets)
        classes.append(known.setdefault(signature, len(known)))
    keep = [i for i in range(len(starts)) if i == 0 or classes[i] != classes[i - 1]]
    return [starts[i] for i in keep], [classes[i] for i in keep], len(known)


def minimise(rows, accepting):
    """Moore's algorithm: blocks of states that behave alike."""
    block = [int(a) for a in accepting]
    while True:
        known = {}
        refined = [known.setdefault((block[s], tuple(block[t] for t in rows[s])), len(known))
                   for s in range(len(rows))]
        if len(known) == len(set(block)):
            return refined
        block = refined


def compile_pattern(text):
    term = Parser(text).parse()
    starts, classes, count = partition(term)
    samples = [starts[classes.index(c)] for c in range(count)]
    states, rows, todo = {term: 0}, [], [term]
    while todo:
        state = todo.pop(0)
        row = []
        for sample in samples:
            target = derive(state, sample)
            if target not in states:
                states[target] = len(states)
                todo.append(target)
            row.append(states[target])
        rows.append(row)
        if len(states) > 2000:
            raise ValueError(f"{text!r} needs too many states")
    accepting = [nullable(state) for state in states]
    # A refusing state always exists, so that it can be number 0.
    rows.append([len(rows)] * count)
    accepting.append(False)
    block = minimise(rows, accepting)
    order = [block[-1]]
    if block[0] != order[0]:
        order.append(block[0])
    for b in block:
        if b not in order:
            order.append(b)
    number = {b: i for i, b in enumerate(order)}
    first = {b: block.index(b) for b in order}
    table = [[number[block[t]] for t in rows[first[b]]] for b in order]
    if len(table) > 255 or count > 255:
        raise ValueError(f"{text!r} needs more than a byte")
    return Automaton(starts, classes, count, table, [accepting[first[b]] for b in order])
