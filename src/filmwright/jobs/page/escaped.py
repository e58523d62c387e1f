"""Words of anybody's in a page."""

import html

from filmwright.core.printable import printable


def escape(text: str) -> str:
    """As they may stand in a page, in its attributes too: neither markup nor what turns the order of letters."""
    return html.escape(printable(text))
