"""Where the ends of a key's jobs are told, and what those messages are signed with."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from . import examples
from .answers import json_of
from .asked import SetWebhook
from .bodies import given
from .callers import Caller
from .service import Service, of
from .told import Webhook

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])


@router.get("", response_model=Webhook)
def get_webhook(request: Request) -> Response:
    """The secret by which a receiver knows that a message is from here (Standard Webhooks), and your key's address."""
    service = of(request)
    return json_of(_webhook(service, service.desk.admit(request, "videos:write")))


@router.put("", response_model=Webhook, openapi_extra=examples.body(SetWebhook, examples.WEBHOOK))
async def set_webhook(request: Request) -> Response:
    """Have the ends of your key's jobs told to this address, where a job names none itself; null takes it back."""
    service = of(request)
    who = await run_in_threadpool(service.desk.admit, request, "videos:write")
    async with given(request) as body:
        asked = SetWebhook.model_validate(body.fields)
    await run_in_threadpool(service.orders.set_webhook, who.owner, asked.url)
    return json_of(await run_in_threadpool(_webhook, service, who))


def _webhook(service: Service, who: Caller) -> Webhook:
    return Webhook(url=service.orders.webhook(who.owner), secret=service.orders.webhook_secret(who.owner))
