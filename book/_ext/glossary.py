"""The glossary page, and a link with the definition on hover where a term first stands on a page."""

import html
import re

from docutils import nodes
from docutils.parsers.rst import Directive

GLOSSARY_PAGE = "book/glossary"
#: Places whose words are not prose: a link there would break a name, a link or code.
NOT_PROSE = (nodes.reference, nodes.literal, nodes.title, nodes.caption, nodes.raw, nodes.literal_block, nodes.citation,
             nodes.footnote, nodes.term)


def terms() -> list[dict]:
    from scidip.tables import load

    return load("glossary").fillna("").to_dict("records")


class GlossaryTable(Directive):
    """``{glossary-table}``: every term in alphabetical order, each with an address of its own."""

    def run(self):
        entries = []
        for term in sorted(terms(), key=lambda each: each["term_en"].lower()):
            short = f" ({html.escape(term['acronym'])})" if term["acronym"] else ""
            reading = f"（{html.escape(term['reading'])}）" if term["reading"] else ""
            where = f" <span class='where'>In the report: {html.escape(term['occurs_in'].replace(' ', ', '))}.</span>" if term["occurs_in"] else ""
            entries.append(
                f"<dt id='{term['id']}'>{html.escape(term['term_en'])}{short} <span lang='ja'>{html.escape(term['term_ja'])}{reading}</span></dt>"
                f"<dd>{html.escape(term['definition_en'])}{where}</dd>")
        return [nodes.raw("", f"<dl class='glossary-table'>{''.join(entries)}</dl>", format="html")]


def spellings() -> dict[str, dict]:
    """How a term may be written in prose -> its row. Acronyms, also as terms (TRUST), count as they are; terms in any case."""
    found = {}
    for term in terms():
        name = term["term_en"]
        found.setdefault(name if name.isupper() else name.lower(), term)
        if len(term["acronym"]) > 2:
            found.setdefault(term["acronym"], term)
    return found


def pattern(words) -> re.Pattern:
    longest_first = sorted(words, key=len, reverse=True)
    exact = "|".join(re.escape(word) for word in longest_first if word != word.lower())
    loose = "|".join(re.escape(word) for word in longest_first if word == word.lower())
    return re.compile(rf"(?<![\w-])(?:{exact}|(?i:{loose}))(?![\w-])")


def link_first_occurrences(app, doctree, docname):
    if not docname.startswith("notebooks/"):
        return
    if not hasattr(app, "glossary_words"):
        app.glossary_words = spellings()
        app.glossary_pattern = pattern(app.glossary_words)
    seen: set[str] = set()
    for text in list(doctree.findall(nodes.Text)):
        if inside(text, NOT_PROSE) or not inside(text, (nodes.paragraph,)):
            continue
        pieces = linked(app, docname, str(text), seen)
        if len(pieces) > 1:
            text.parent.replace(text, pieces)


def inside(node, kinds) -> bool:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, kinds):
            return True
    return False


def linked(app, docname, text, seen) -> list:
    pieces, start = [], 0
    for match in app.glossary_pattern.finditer(text):
        term = app.glossary_words.get(match[0]) or app.glossary_words.get(match[0].lower())
        if term is None or term["id"] in seen:
            continue
        seen.add(term["id"])
        address = app.builder.get_relative_uri(docname, GLOSSARY_PAGE) + f"#{term['id']}"
        pieces += [nodes.Text(text[start:match.start()]),
                   nodes.reference("", match[0], refuri=address, reftitle=term["definition_en"], classes=["term"], internal=True)]
        start = match.end()
    return [*pieces, nodes.Text(text[start:])]


def setup(app):
    app.add_directive("glossary-table", GlossaryTable)
    app.connect("doctree-resolved", link_first_occurrences)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
