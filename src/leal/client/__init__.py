"""A client in Python: every function of the API as a method, typed with the API's own types."""

from leal.client.calling import Caller
from leal.client.failures import (
    CallFailed,
    CallRefused,
    InvalidCall,
    NotAllowedToCall,
    NotKnown,
    ServerFailed,
    TokenRefused,
    TooManyCalls,
    Unreachable,
)
from leal.client.functions import Functions

__all__ = [
    "CallFailed",
    "CallRefused",
    "Client",
    "InvalidCall",
    "NotAllowedToCall",
    "NotKnown",
    "ServerFailed",
    "TokenRefused",
    "TooManyCalls",
    "Unreachable",
]


class Client(Functions, Caller):
    """Calls one shop: `Client("https://loyalty.example.com", "my-shop", token)`.

    Each method raises a CallFailed. Writes carry an idempotency key; what may have failed on the way is repeated.
    """
