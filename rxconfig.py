"""How Reflex compiles and serves the pages; what operators may set comes from `forex_elite.settings`."""

import reflex as rx
from reflex_base.environment import environment
from reflex_base.plugins.base import PreCompileContext
from typing_extensions import Unpack

from forex_elite.settings import settings

CLIENT_SCRIPT = "utils/state.js"
HOST_LINE = "endpoint.hostname = frontend_hostname;"
TLS_PORT_LINE = 'endpoint.port = "";'
PAGE_PORT_LINE = "endpoint.port = window.location.port;"


class SameOriginPlugin(rx.plugins.Plugin):
    """Let a production page call back to the address it was loaded from.

    Reflex writes the port of the build into the pages. Ours are built once and served on any port, behind any proxy.
    In development the pages come from another port than the API, and Reflex's script stays as it is.
    """

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        shipped = (rx.constants.Templates.Dirs.WEB_TEMPLATE / CLIENT_SCRIPT).read_text()
        is_served_apart = environment.REFLEX_ENV_MODE.get() == rx.constants.Env.DEV
        context["add_modify_task"](CLIENT_SCRIPT, lambda _: shipped if is_served_apart else with_page_port(shipped))


def with_page_port(script: str) -> str:
    """Reflex's client script with the page's own port in place of the built-in one."""
    if script.count(HOST_LINE) != 1 or script.count(TLS_PORT_LINE) != 1:
        raise RuntimeError(f"Reflex's {CLIENT_SCRIPT} has changed: see SameOriginPlugin in rxconfig.py")
    return script.replace(TLS_PORT_LINE, PAGE_PORT_LINE).replace(HOST_LINE, f"{HOST_LINE}\n    {PAGE_PORT_LINE}")


config = rx.Config(
    app_name="forex_elite",
    backend_host=settings().host,
    api_url="http://localhost:8000",
    deploy_url=settings().url,
    # In one process the memory holds the page states: on disk they would carry the cookies of their browsers.
    redis_url=settings().redis_url or None,
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    # No other origin may call us; the edge refuses socket handshakes from elsewhere, which CORS does not cover.
    cors_allowed_origins=[],
    trusted_proxy_hops=settings().trusted_proxy_hops,
    # The two fonts, from npm; `ui.site` cannot be imported here, before the app is.
    frontend_packages=["@fontsource-variable/inter@5.2.8", "@fontsource-variable/jetbrains-mono@5.2.8"],
    frontend_compression_formats=["brotli", "gzip"],
    default_color_mode="dark",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    disable_plugins=[rx.plugins.SitemapPlugin],
    plugins=[SameOriginPlugin()],
)
