"""Two pairs of hands: one that has only a keyboard, one that has only a finger and 390 points of width.

Both do the same acts, so that a journey is written once. Each fails where a person would give up:
the keyboard when the way to a thing is too long, the finger when the thing is too small to hit.
"""

from playwright.sync_api import Locator, Page, expect

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# So many presses of Tab a person makes without losing patience, from the start of the content.
PATIENCE = 30
FINGER = 40

HAS_FOCUS = (
    "element => element === document.activeElement || element.contains(document.activeElement)"
)
SHOWN = "select => select.selectedOptions[0]?.label"
IS_BODY = "() => document.activeElement === document.body"


class Keyboard:
    """Never touches the mouse."""

    screen = DESK

    def __init__(self, page: Page):
        self.page = page

    def reach(self, target: Locator, key: str = "Tab") -> None:
        """Go on by Tab from where the focus stands; after a new page over "Skip to the content"."""
        expect(target).to_be_visible()
        if self.page.evaluate(IS_BODY):
            self.page.keyboard.press("Tab")
            self.page.keyboard.press("Enter")
        for _ in range(PATIENCE):
            if target.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{target} is more than {PATIENCE} presses of Tab away")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def press_above(self, target: Locator) -> None:
        """The same for what stands before the focus: back by Shift+Tab."""
        self.reach(target, "Shift+Tab")
        self.page.keyboard.press("Enter")

    def pick(self, row: Locator) -> None:
        """`k` and `j` walk to the row, `x` chooses it."""
        for key in ["k"] * PATIENCE + ["j"] * PATIENCE:
            self.page.keyboard.press(key)
            if row.evaluate("row => row.classList.contains('cur')"):
                return self.page.keyboard.press("x")
        raise AssertionError(f"{row} is not among the rows")

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, select: Locator, label: str) -> None:
        """Down the closed list, until it shows the choice."""
        self.reach(select)
        for _ in range(PATIENCE):
            if select.evaluate(SHOWN) == label:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} is not among the choices of {select}")

    def date(self, field: Locator, iso: str) -> None:
        """Digits in the order that the browser shows, which is that of its own language (en-US)."""
        year, month, day = iso.split("-")
        self.reach(field)
        self.page.keyboard.type(month + day + year)

    def open_row(self, row: Locator) -> None:
        """`j` takes the first row, Tab goes to its button."""
        self.page.keyboard.press("j")
        expect(row).to_have_class("q first cur")

    def undo(self, button: Locator) -> None:
        expect(button).to_be_visible()
        self.page.keyboard.press("u")

    def save(self, _button: Locator) -> None:
        self.page.keyboard.press("Control+Enter")


class Finger:
    """Taps only; what is tapped must be large enough and the page must not scroll sideways."""

    screen = PHONE

    def __init__(self, page: Page):
        self.page = page

    def press(self, target: Locator) -> None:
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None, f"{target} is not shown"
        assert box["height"] >= FINGER, f"{target} is {box['height']} high, a finger needs {FINGER}"
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        target.tap()

    press_above = press

    def pick(self, row: Locator) -> None:
        self.press(row.locator("label:has(input[type=checkbox])"))

    def write(self, field: Locator, text: str) -> None:
        self.press(field)
        field.fill(text)

    def choose(self, select: Locator, label: str) -> None:
        self.press(select)
        select.select_option(label=label)

    def date(self, field: Locator, iso: str) -> None:
        self.press(field)
        field.fill(iso)

    def open_row(self, row: Locator) -> None:
        expect(row).to_be_visible()

    def undo(self, button: Locator) -> None:
        self.press(button)

    def save(self, button: Locator) -> None:
        self.press(button)


HANDS = {"keyboard": Keyboard, "finger": Finger}
