"""The common frame of the pages that a person sees."""

from html import escape

from aiohttp import web

STYLE = """
:root { color-scheme: light dark; --line: #8884; --accent: #0b57d0; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: light-dark(#f0f4f9, #16181c); }
main { max-width: 40rem; margin: 6vh auto; padding: 2rem 2.5rem; border-radius: 1.5rem;
  background: light-dark(#fff, #202329); }
h1 { font-size: 1.6rem; font-weight: 500; margin: 0 0 .5rem; }
fieldset { border: 0; border-top: 1px solid var(--line); margin: 1.25rem 0 0; padding: 1rem 0 0; }
legend { font-weight: 600; padding: 0; float: left; width: 100%; }
label { display: flex; gap: .75rem; align-items: baseline; clear: left; padding: .35rem 0; }
nav { display: flex; justify-content: flex-end; gap: .75rem; margin-top: 1.5rem; }
button { font: inherit; padding: .55rem 1.6rem; border-radius: 2rem; border: 1px solid var(--line);
  background: none; color: inherit; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
small { color: light-dark(#555, #aaa); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
"""


def page(title: str, content: str, *, status: int = 200, refresh: int | None = None) -> web.Response:
    """Frame the content, which is HTML already, under a title."""
    reload = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">{reload}'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    return web.Response(status=status, text=text, content_type="text/html")
