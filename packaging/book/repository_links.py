"""A preprocessor of mdBook: relative links that leave docs/ become links to the repository."""

import json
import re
import sys

REPOSITORY = "https://github.com/pings-telemetry/pings/blob/main/"
LINK = re.compile(r"\]\(\.\./(?!\.\.)([^)\s]+)\)")


def rewrite(item):
    chapter = item.get("Chapter") if isinstance(item, dict) else None
    if chapter is None:
        return
    chapter["content"] = LINK.sub(lambda link: f"]({REPOSITORY}{link[1]})", chapter["content"])
    for child in chapter["sub_items"]:
        rewrite(child)


def main():
    if sys.argv[1:2] == ["supports"]:
        return
    _, book = json.load(sys.stdin)
    # The name of the list depends on the version of mdBook.
    for item in book.get("items", book.get("sections", [])):
        rewrite(item)
    json.dump(book, sys.stdout)


main()
