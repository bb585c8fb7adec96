"""The OpenAI client, through the AIRS-CP gateway."""

from .exchange import AsyncExchange, Exchange, airs_of
from .async_client import AsyncAIRSClient
from .client import AIRSClient
from .control.errors import ControlError, ExportFailed, VerificationFailed
from .control.manifest import Gap, Manifest
from .control.records import ExportJob, Finding, Progress, RecordedEvent, Session, VerifiedExport
from .errors import DirectCallWarning, PolicyViolation
from .version import __version__

__all__ = [
    "AIRSClient",
    "AsyncAIRSClient",
    "AsyncExchange",
    "ControlError",
    "DirectCallWarning",
    "Exchange",
    "ExportFailed",
    "ExportJob",
    "Finding",
    "Gap",
    "Manifest",
    "PolicyViolation",
    "Progress",
    "RecordedEvent",
    "Session",
    "VerificationFailed",
    "VerifiedExport",
    "__version__",
    "airs_of",
]
