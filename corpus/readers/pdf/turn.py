"""How a page lies and how it is shown: cut to its box, and turned by quarters."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """The way from a page's own coordinates to the page as shown: cut to its box, and turned by quarters clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    quarters: int

    @property
    def width(self) -> float:
        """Return the width of the page as shown, in points."""
        return self.top - self.bottom if self.quarters % 2 else self.right - self.left

    @property
    def height(self) -> float:
        """Return the height of the page as shown, in points."""
        return self.right - self.left if self.quarters % 2 else self.top - self.bottom

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where the point shows, from the lower left corner."""
        if self.quarters == 0:
            return x - self.left, y - self.bottom
        if self.quarters == 1:
            return y - self.bottom, self.right - x
        if self.quarters == 2:
            return self.right - x, self.top - y
        return self.top - y, x - self.left


def quarters_of(ahead: float, climb: float) -> int | None:
    """Return how often letters that run so far ahead and up are to be turned clockwise by a quarter to run ahead, None
    where they run aslant.
    """
    if abs(climb) < 0.02 * abs(ahead):
        return 0 if ahead > 0 else 2
    if abs(ahead) < 0.02 * abs(climb):
        return 1 if climb > 0 else 3
    return None
