"""Words that stand nowhere else, and the forms in which they could show up."""

import base64

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Canaries:
    """Unique words, and the forms in which they could show up."""

    def __init__(self, random):
        self.random = random
        self.words = {}

    def word(self, where):
        if where not in self.words:
            self.words[where] = "Q" + "".join(self.random.choice(LETTERS) for _ in range(13))
        return self.words[where]

    def found_in(self, data, but=()):
        return sorted(where for where, word in self.words.items()
                      if where not in but and any(form in data for form in self.forms(word)))

    @staticmethod
    def forms(word):
        raw = word.encode()
        encoded = [base64.b64encode(b"-" * skip + raw)[4:-4] for skip in range(3)]  # wherever in a text it stands
        wide = [word.encode(code) for code in ("utf-16-le", "utf-16-be", "utf-32-le")]
        return [raw, raw.lower(), raw.upper(), raw[::-1], raw.hex().encode(), *wide, *encoded]
