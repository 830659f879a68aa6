"""Lines that layout, conversion or publishing leave behind, told by their own words: page numbers, picture captions,
contact data, addresses, dates, rules.
"""

import re

LONGEST = 400
"""A longer line is text, whatever it begins with."""

# Atomic and possessive groups throughout: a line of figures or of addresses must fail in one pass.
_URL = r"(?:https?://|www\.)\S++"
_EMAIL = r"(?>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
_TELEPHONE = r"(?>\+?\(?\d(?:[ ()-]*\d){9,})"
_LINK = rf"(?:\[[^\]]*\]\([^)]*\)|<?{_URL}>?|{_EMAIL})"
_ONLY_CONTACT = re.compile(
    rf"(?:(?:e-?mail|tel(?:ephone)?|phone|fax|web(?:site)?|twitter|visit us at|follow us(?: on)?|t|e|w)?[:.]?[ \t]*"
    rf"(?:{_LINK}|@\w+|{_TELEPHONE})[.,;]?[ \t]*)++\Z",
    re.I,
)
_LEFT_OVER = re.compile(
    r"(?:"
    r"(?:profile )?(?:picture|photo|photograph|image|logo|portrait|headshot) of\b.{0,120}"
    r"|a handwritten signature\b.*"
    r"|!\[[^\]]*\]\([^)]*\)"
    r"|<!--.*-->"
    r"|(?:page|p\.)?[ \t]*[-–]?[ \t]*\d{1,4}[ \t]*[-–]?(?:[ \t]*(?:of|/)[ \t]*\d{1,4})?"
    r"|(?:©|\(c\)|copyright\b).*"
    r"|(?:registered (?:charity|office|in england|company)|isbn\b|charity (?:no|number)|company (?:no|number)).*"
    r"|if you (?:require|need) this publication in .*"
    r"|(?:back|return) to (?:top|contents)"
    r"|skip to (?:main )?content|(?:home|you are here:?)[ \t]*[>›»/].*"
    r"|(?:print|share)(?: this)? (?:page|article|report)"
    r"|was this (?:page|article) (?:helpful|useful)\??|(?:accept|manage)(?: all)? cookies"
    r"|download (?:the |this )?(?:full )?(?:report|publication|pdf)(?:[ \t]*\(.*\))?"
    r"|follow .{0,60}\bon\b.{0,20}\[?(?:twitter|linkedin|x|facebook)\b.*"
    r")\Z",
    re.I,
)
_RULE = re.compile(r"(?:[-*_=~][ \t]*){3,}\Z")
_DATE = re.compile(
    r"(?:published:?[ \t]*)?(?:\d{1,2}(?:st|nd|rd|th)?[ \t]+)?(?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december)[ \t]+(?:\d{1,2},?[ \t]+)?(?:19|20)\d\d\Z",
    re.I,
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\Z")


def is_rule(line: str) -> bool:
    """Return whether a line is drawn, not written: three or more hyphens, asterisks, underscores or the like."""
    return bool(_RULE.match(line))


def is_contact(line: str) -> bool:
    """Return whether a line holds telephone numbers or addresses on the net and nothing else."""
    return len(line) <= LONGEST and bool(_ONLY_CONTACT.match(line))


def is_left_over(line: str) -> bool:
    """Return whether a line is a left-over of layout or conversion, contact data or a bare date, by its own words."""
    if len(line) > LONGEST:
        return is_rule(line)
    return any(shape.match(line) for shape in (_LEFT_OVER, _ONLY_CONTACT, _DATE, _RULE)) or _is_address(line)


def _is_address(line: str) -> bool:
    """Return whether a short line ends in a United Kingdom postcode."""
    return len(line) <= 100 and bool(_POSTCODE.search(line))
