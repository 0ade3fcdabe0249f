from playwright.async_api import Page


async def test_the_browser_runs_scripts_and_starts_without_a_profile(page: Page) -> None:
    await page.set_content("<h1>ready</h1><script>document.title = 'scripted'</script>")

    assert await page.title() == "scripted"
    assert await page.context.cookies() == []
