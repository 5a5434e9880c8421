"""The components in a real browser: accessible in both colour schemes, usable with the keyboard and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction

from accounts.roles import Role
from tests.accounts.people import institution, person, signed_in_client

ADDRESS = "/developer/components/"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Open = Callable[..., Any]


@pytest.fixture
def shown(page: Any, live_server: Any, transactional_db: None) -> Open:
    """The page of components for a member of the unit, in a colour scheme and a size."""
    with transaction.atomic():
        user = person(Role.HIS_LEAD, first_name="Ayşe", last_name="Yılmaz")
        session = signed_in_client(user).cookies["sessionid"].value
    page.problems = []
    page.on(
        "console", lambda message: page.problems.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))

    def show(address: str = ADDRESS, *, theme: str = "light", size: dict[str, int] = DESK) -> Any:
        cookies = {"sessionid": session, "theme": theme}
        page.context.add_cookies(
            [{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()]
        )
        page.set_viewport_size(size)
        page.goto(address)
        return page

    return show


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_components_are_accessible(shown: Open, theme: str, size: dict[str, int]) -> None:
    page = shown(f"{ADDRESS}?state=open&messages=1", theme=theme, size=size)

    found = Axe().run(page, options=RULES)

    assert [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ] == []


def test_nothing_breaks_the_security_policy(shown: Open) -> None:
    page = shown()

    assert page.problems == []


@pytest.mark.parametrize("width", [320, 390, 720, 1024])
def test_the_page_never_scrolls_sideways(shown: Open, width: int) -> None:
    page = shown(size={"width": width, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_menu_of_a_phone_opens_and_closes(shown: Open) -> None:
    page = shown(size=PHONE)
    menu = page.locator("#menu")
    before = menu.is_visible()

    page.locator(".top__menu").click()
    opened = menu.is_visible()
    page.keyboard.press("Escape")

    assert (before, opened, menu.is_visible()) == (False, True, False)


def test_the_menu_of_a_desk_is_always_there(shown: Open) -> None:
    assert shown().locator("#menu").is_visible()


def test_the_chosen_colours_stay(shown: Open) -> None:
    page = shown(theme="light")
    page.locator(".top [data-drop] > summary").click()

    page.locator("[data-theme-switch] button[value=dark]").click()
    page.reload()

    assert page.locator("html").get_attribute("class") == "theme-dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 26)"


def test_slash_goes_to_the_search_box(shown: Open) -> None:
    page = shown()
    page.locator("h1").click()

    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.id") == "search-words"
    assert page.locator("#search-words").input_value() == ""


def test_g_i_goes_to_my_work(shown: Open, live_server: Any) -> None:
    page = shown()
    page.locator("h1").click()

    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(lambda address: not address.endswith(ADDRESS))

    assert page.url == f"{live_server.url}/"


def test_j_k_and_x_walk_and_choose_rows(shown: Open) -> None:
    page = shown()
    page.locator("h1").click()
    focused = "document.activeElement.textContent.trim()"

    page.keyboard.press("j")
    first = page.evaluate(focused)
    page.keyboard.press("j")
    second = page.evaluate(focused)
    page.keyboard.press("x")
    page.keyboard.press("k")

    assert (first, second, page.evaluate(focused)) == (
        "5.3.6/2026/000412",
        "5.3.6/2026/000420",
        "5.3.6/2026/000412",
    )
    assert page.locator("[data-bulk-count]").inner_text() == "1 satır seçildi"


def test_letters_stay_letters_while_one_writes(shown: Open) -> None:
    page = shown()
    page.locator("#empty_empty-title").fill("")

    page.locator("#empty_empty-title").press_sequentially("njx/?")

    assert page.locator("#empty_empty-title").input_value() == "njx/?"


def test_single_letters_can_be_switched_off(shown: Open) -> None:
    page = shown()
    page.locator("h1").click()
    page.keyboard.press("?")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")

    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.id") != "search-words"


def test_question_mark_shows_the_keys_and_escape_closes_them(shown: Open) -> None:
    page = shown()
    page.locator("h1").click()

    page.keyboard.press("?")
    opened = page.locator("#keys").is_visible()
    page.keyboard.press("Escape")

    assert (opened, page.locator("#keys").is_visible()) == (True, False)


def test_the_bulk_bar_appears_with_the_first_choice(shown: Open) -> None:
    page = shown()
    bar = page.locator("#sample-bulk")
    before = bar.is_visible()

    page.locator("[data-tick-all]").check()

    assert (before, bar.is_visible()) == (False, True)
    assert page.locator("[data-bulk-count]").inner_text() == "3 satır seçildi"


def test_shift_chooses_a_range(shown: Open) -> None:
    page = shown()
    ticks = page.locator("[data-tick]")

    ticks.nth(0).click()
    ticks.nth(2).click(modifiers=["Shift"])

    assert page.locator("[data-tick]:checked").count() == 3


def test_filters_are_sent_when_changed_and_leave_empty_ones_out(shown: Open) -> None:
    page = shown()

    page.locator("#filter_state").focus()
    page.locator("#filter_state").select_option("open")
    page.wait_for_url("**state=open**")
    page.locator("#filter_state:focus").wait_for()

    assert page.url.endswith("?state=open")


def test_leaving_with_unsent_words_asks_first(shown: Open) -> None:
    page = shown()
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)

    page.locator("#empty_empty-title").fill("yarım kalan")
    page.reload()

    assert asked == ["beforeunload"]


def test_a_picker_finds_and_chooses_with_the_keyboard(shown: Open) -> None:
    with transaction.atomic():
        chosen = institution(name="Gülpınar Tıp Merkezi")
        institution(name="Çınarlı Devlet Hastanesi")
    page = shown()
    box = page.locator("#empty_empty-institution")

    box.press_sequentially("gulpi")
    page.locator("[role=option]").first.wait_for()
    addresses = [
        entry["name"]
        for entry in page.evaluate("performance.getEntriesByType('resource').map(e => e.toJSON())")
    ]
    box.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    box.press("Enter")

    assert active
    assert box.input_value() == "Gülpınar Tıp Merkezi"
    assert page.locator("input[type=hidden][name=empty-institution]").input_value() == str(chosen.pk)
    assert box.get_attribute("aria-expanded") == "false"
    assert not [address for address in addresses if "gulpi" in address]


def test_what_is_typed_after_choosing_forgets_the_choice(shown: Open) -> None:
    with transaction.atomic():
        institution(name="Gülpınar Tıp Merkezi")
    page = shown()
    box = page.locator("#empty_empty-institution")
    box.press_sequentially("gülpınar")
    page.locator("[role=option]").first.click()

    box.press_sequentially("x")

    assert page.locator("input[type=hidden][name=empty-institution]").input_value() == ""


def test_a_dropped_file_lands_in_the_input(shown: Open, tmp_path: Path) -> None:
    page = shown()

    page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["x"], "yazı.eyp"));
          const zone = document.querySelector("[data-drop-zone]");
          zone.dispatchEvent(new DragEvent("dragover", {bubbles: true, cancelable: true, dataTransfer: carried}));
          zone.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: carried}));
        }"""
    )

    assert page.evaluate("document.querySelector('[data-drop-zone] input').files[0].name") == "yazı.eyp"


def test_a_dialog_opens_and_gives_the_focus_back(shown: Open) -> None:
    page = shown()
    opener = page.locator("[data-open-dialog=sample-dialog]")

    opener.click()
    opened = page.locator("#sample-dialog").is_visible()
    page.keyboard.press("Escape")

    assert (opened, page.locator("#sample-dialog").is_visible()) == (True, False)
    assert opener.evaluate("button => button === document.activeElement")


def test_a_message_can_be_dismissed(shown: Open) -> None:
    page = shown(f"{ADDRESS}?messages=1")
    before = page.locator(".page > .toasts .toast").count()

    page.locator(".page > .toasts [data-dismiss]").first.click()

    assert (before, page.locator(".page > .toasts .toast").count()) == (2, 1)


def test_everything_is_there_without_a_script(chromium: Any, shown: Open, live_server: Any) -> None:
    cookies = shown().context.cookies()
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(ADDRESS)

    assert page.locator("#sample-bulk").is_visible()
    assert page.locator(".filters button").is_visible()
    assert page.locator("[data-drop-zone] input[type=file]").first.is_visible()
    assert not page.locator("[data-script-only]").first.is_visible()
    context.close()


def test_targets_are_large_enough_for_a_finger(chromium: Any, shown: Open, live_server: Any) -> None:
    cookies = shown().context.cookies()
    context = chromium.new_context(base_url=live_server.url, viewport=PHONE, has_touch=True, is_mobile=True)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(ADDRESS)

    heights = page.evaluate(
        """[...document.querySelectorAll('.button, .tabs a, .chip, .field input, .field select')]
             .filter(part => part.offsetParent && !['checkbox', 'radio', 'file', 'hidden'].includes(part.type))
             .map(part => [part.className || part.id, Math.round(part.getBoundingClientRect().height)])
             .filter(([, height]) => height < 44)"""
    )

    assert heights == []
    context.close()


def test_the_printed_page_has_no_frame(shown: Open) -> None:
    page = shown()

    page.emulate_media(media="print")

    seen = [
        page.locator(part).first.is_visible()
        for part in (".top", ".side", ".filters", ".print-head", ".timeline")
    ]
    assert seen == [False, False, False, True, True]
