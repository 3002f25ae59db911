"""{% kept "top" key %}…{% endkept %}: a part of the page that the process keeps as HTML, forms and all.

What belongs to one request alone, the token of its forms and its own address (`here`), stands in the
kept HTML as a mark that nobody can guess and is put in when it is shown: `{% cache %}` would hand one
person's token to the next.
"""

import secrets
from typing import Any

from django import template
from django.core.cache import caches
from django.core.cache.utils import make_template_fragment_key
from django.middleware.csrf import get_token
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.html import escape
from django.utils.safestring import SafeString

register = template.Library()

SECONDS = 3600
TOKEN, HERE = (secrets.token_hex(16) for _ in range(2))


class KeptNode(template.Node):
    def __init__(self, nodelist: NodeList, name: FilterExpression, key: FilterExpression) -> None:
        self.nodelist, self.name, self.key = nodelist, name, key

    def render(self, context: template.Context) -> SafeString:
        kept = caches["process"]
        key = make_template_fragment_key(self.name.resolve(context), [self.key.resolve(context)])
        html = kept.get(key)
        if html is None:
            html = self.nodelist.render(_of_nobody(context))
            kept.set(key, html, SECONDS)
        return SafeString(_filled(html, context["request"]))


def _of_nobody(context: template.Context) -> template.Context:
    """The frame alone: what else the page knows would be shown again where it is not so."""
    seen = {name: context[name] for name in ("frame", "request")}
    return context.new({**seen, "csrf_token": TOKEN, "here": HERE})


def _filled(html: str, request: Any) -> str:
    return html.replace(TOKEN, get_token(request)).replace(HERE, escape(request.get_full_path()))


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    _tag, name, key = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, parser.compile_filter(name), parser.compile_filter(key))
