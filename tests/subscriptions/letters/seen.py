"""What a reader sees of a letter's HTML."""

from html.parser import HTMLParser


class Seen(HTMLParser):
    """The text that a reader of the HTML sees, and every attribute."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.words, self.attributes, self.tags = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all_of(self, name):
        return [value for key, value in self.attributes if key == name]
