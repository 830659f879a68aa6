"""Survey questions, which several case studies answer: recognised from their wording, and hits spread for them."""

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

_SINGLE = re.compile(
    r"(?:how (?:many|much|often|long|far|big|old|large|frequent)|when\b|what (?:year|share|percentage|proportion|number"
    r"|name|date|size)|(?:in|by) (?:what|which) year|who (?:is|was|runs|leads|heads|chairs)\b|name of|number of|size of"
    r"|annual)",
    re.I,
)
_GENERAL = frozenset(
    """nhs ics icss icb icbs icp icps pcn pcns ccg ccgs stp gp gps vcse ppe cqc covid covid-19 england english uk hr it
    a&e ceo ceos mdt white paper i""".split()
)


def asks_many(query: str) -> bool:
    """Return whether ``query`` may be answered by several case studies: it names no place, person, organisation or
    year, and does not ask for a single figure, date or name.
    """
    tokens = re.findall(r"[\w&'’-]+", query)
    named = any(token[0].isupper() and token.lower() not in _GENERAL for token in tokens[1:])
    return not named and not re.search(r"\b(?:19|20)\d\d\b", query) and not _SINGLE.match(query.strip())


def spread(scores: Mapping[int, float], groups: Mapping[int, Hashable], step: float) -> Sequence[int]:
    """Return the keys of ``scores``, best first, where each hit of a group lowers the group's next ones by ``step``.

    Greedy, as maximal marginal relevance is (Carbonell and Goldstein 1998), with the group for likeness.
    """
    left = sorted(scores, key=lambda n: -scores[n])
    taken: Counter[Hashable] = Counter()
    order: list[int] = []
    while left:
        best = max(left, key=lambda n: scores[n] - step * taken[groups[n]])
        left.remove(best)
        order.append(best)
        taken[groups[best]] += 1
    return order
