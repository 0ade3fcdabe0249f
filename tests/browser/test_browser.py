from tests.browser.visitor import Visitor


async def test_the_browser_runs_scripts_and_starts_without_a_profile(stranger: Visitor) -> None:
    await stranger.page.set_content("<h1>ready</h1><script>document.title = 'scripted'</script>")

    assert await stranger.page.title() == "scripted"
    assert await stranger.context.cookies() == []


async def test_what_the_browser_complains_about_is_heard(stranger: Visitor) -> None:
    await stranger.page.set_content("<script>console.error('no such thing')</script>")
    await stranger.page.set_content("<script>throw new Error('really not')</script>")

    said = "\n".join(stranger.complaints)
    assert "console: no such thing" in said
    assert "page: Error: really not" in said
    stranger.expect_complaint("no such thing|really not")
