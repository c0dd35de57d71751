"""The sources of the morning queue. A new kind of thing that waits is one module beside this one and one line here."""

from marketplace.office.queue import QueueSource
from marketplace.office.sources.applications import Applications
from marketplace.office.sources.disputes import Disputes
from marketplace.office.sources.drafted_batches import DraftedBatches
from marketplace.office.sources.join_requests import JoinRequests
from marketplace.office.sources.objections import Objections
from marketplace.office.sources.parked_jobs import ParkedJobs
from marketplace.office.sources.submitted_listings import SubmittedListings
from marketplace.office.sources.unmatched_lines import UnmatchedLines

SOURCES: tuple[QueueSource, ...] = (
    Applications(),
    JoinRequests(),
    SubmittedListings(),
    Disputes(),
    Objections(),
    UnmatchedLines(),
    DraftedBatches(),
    ParkedJobs(),
)
