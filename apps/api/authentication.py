"""Who asks: the owner of the token in `Authorization: Bearer …`, and nobody by session or query."""

import logging
from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.api.actions import use_token
from apps.api.models import ApiToken
from apps.core import logs

security_log = logging.getLogger("sales.security")


class TokenAuthentication(BaseAuthentication):
    keyword = b"bearer"

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words:
            return None
        try:
            keyword, secret = words
            token = use_token(secret.decode("ascii")) if keyword.lower() == self.keyword else None
        except ValueError:
            token = None
        if token is None:
            security_log.warning("a token was refused at %s", request.path)
            raise AuthenticationFailed
        logs.user_id.set(token.owner_id)
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
