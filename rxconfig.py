"""How Reflex compiles and serves the pages; what operators may set comes from `forex_elite.settings`."""

import reflex as rx
from reflex_base.environment import environment
from reflex_base.plugins.base import PreCompileContext
from typing_extensions import Unpack

from forex_elite.settings import settings

HOST_LINE = "endpoint.hostname = frontend_hostname;"
TLS_PORT_LINE = 'endpoint.port = "";'
SAME_PORT = "endpoint.port = window.location.port;"


class SameOriginPlugin(rx.plugins.Plugin):
    """Let a production page call back to the address it was loaded from.

    Reflex writes the port of the build into the pages. Ours are built once and served on any port, behind any proxy.
    """

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        if environment.REFLEX_ENV_MODE.get() == rx.constants.Env.PROD:
            context["add_modify_task"]("utils/state.js", use_the_port_of_the_page)


def use_the_port_of_the_page(script: str) -> str:
    """Reflex's client script with the page's own port in place of the built-in one."""
    if f"{HOST_LINE}\n{SAME_PORT}" in script:
        return script
    if script.count(HOST_LINE) != 1 or script.count(TLS_PORT_LINE) != 1:
        raise RuntimeError("Reflex's utils/state.js has changed: see SameOriginPlugin in rxconfig.py")
    return script.replace(TLS_PORT_LINE, SAME_PORT).replace(HOST_LINE, f"{HOST_LINE}\n{SAME_PORT}")


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
    frontend_compression_formats=["brotli", "gzip"],
    default_color_mode="dark",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    disable_plugins=[rx.plugins.SitemapPlugin],
    plugins=[SameOriginPlugin()],
)
