"""The Mail panel: width, dark mode, source, attachments."""

import smtplib
from email.message import EmailMessage

from playwright.sync_api import Browser, Page, expect
from tests.console.content import PIXEL
from tests.console.html import Html
from tests.console.world import World


def ids(world: World, to: str = "") -> list[int]:
    return [mail["id"] for mail in world.get("/api/mail", params={"to": to}).json()]


def test_mail_is_found_by_its_recipient(world: World) -> None:
    world.send_mail("For cleo", to="cleo@example.com")

    page = world.get("/mail?to=CLEO")

    assert "For cleo" in page.text
    assert "Your day" not in page.text
    assert "No mail to this recipient." in world.get("/mail?to=nobody").text


def test_every_view_of_a_mail(world: World) -> None:
    world.send_mail("Views", to="views@example.com", text="plain sea")
    (mail_id,) = ids(world, "views@")

    assert "plain sea" in world.get(f"/mail/{mail_id}?view=text").text
    assert "views@example.com" in world.get(f"/mail/{mail_id}?view=headers").text
    assert "multipart/alternative" in world.get(f"/mail/{mail_id}?view=source").text
    assert world.get(f"/api/mail/{mail_id}/source").headers["Content-Type"].startswith("text/plain")


def test_an_attachment_is_downloaded_and_never_shown(world: World) -> None:
    world.send_mail("File", to="file@example.com", attachments={"söa.html": b"<script>alert(1)</script>"})
    (mail_id,) = ids(world, "file@")

    response = world.get(f"/mail/{mail_id}/attachments/0")

    assert response.content == b"<script>alert(1)</script>"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="s_a.html"')
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_one_mail_is_deleted(world: World) -> None:
    world.send_mail("Gone", to="gone@example.com")
    (mail_id,) = ids(world, "gone@")

    world.post(f"/mail/{mail_id}/delete")

    assert ids(world, "gone@") == []
    assert len(ids(world)) > 0


def test_older_mail_is_on_the_next_page(world: World) -> None:
    for number in range(52):
        world.send_mail(f"Number {number}", to="many@example.com")

    page = Html(world.get("/mail?to=many@").text)
    older = world.get(page.link("Older")).text

    assert "Number 2<" not in "".join(page.root.itertext())
    assert "Number 1" in older
    assert "Number 0" in older


def test_the_panel_in_a_browser(page: Page, world: World) -> None:
    page.goto("/mail?to=ana@example.com")

    page.get_by_role("link", name="Your day").click()
    mail = page.frame_locator("#letter")
    expect(mail.locator("p")).to_have_text("Three new photos from ana.")
    assert page.frames[1].title() == ""  # the script of the mail did not run

    page.get_by_role("link", name="375 px").click()
    page.wait_for_url("**width=375**")
    expect(page.locator("#letter")).to_have_css("width", "375px")
    page.get_by_role("link", name="Source").click()
    expect(page.locator("pre")).to_contain_text("Subject: Your day")
    page.get_by_label("Recipient").fill("bruno")
    expect(page.get_by_role("link", name="Your day")).to_have_count(0)
    page.get_by_role("link", name="Export ready").click()
    page.get_by_role("link", name="Attachments (1)").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="photos.zip").click()
    assert download.value.suggested_filename == "photos.zip"


def test_pictures_within_a_mail_are_shown(page: Page, world: World) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "mail@example.com", "inline@example.com", "Inline"
    mail.set_content("Sea")
    mail.add_alternative("<img src='cid:sea@example.com'><img src='cid:sea%40example.com'>", subtype="html")
    related = mail.get_payload()[1]
    related.add_related(PIXEL, maintype="image", subtype="png", cid="<sea@example.com>")
    host, port = world.local.addresses["smtp"].split(":")
    with smtplib.SMTP(host, int(port), timeout=60) as smtp:
        smtp.send_message(mail)
    (mail_id,) = ids(world, "inline@")

    page.goto(f"/mail/{mail_id}")

    pictures = page.frame_locator("#letter").locator("img")
    for number in range(2):
        expect(pictures.nth(number)).to_have_js_property("naturalWidth", 1)


def test_a_mail_is_shown_in_dark_mode(browser: Browser, world: World) -> None:
    context = browser.new_context(base_url=world.url, color_scheme="null")
    page = context.new_page()

    for scheme, is_dark in (("light", False), ("dark", True)):
        page.goto(f"/mail/1?scheme={scheme}")
        expect(page.frame_locator("#letter").locator("p")).to_be_visible()
        assert page.frames[1].evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is is_dark
    context.close()


def test_all_mail_is_deleted_after_a_question(page: Page, world: World) -> None:
    page.goto("/mail")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Delete all").click()
    assert len(ids(world)) > 1

    kept = world.get("/api/mail?limit=1").json()[0]
    assert kept["id"] in ids(world)
