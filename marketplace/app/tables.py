"""Every table of the product, imported so that migrations and tests see the whole of it."""

import marketplace.accounts.models
import marketplace.kernel.audit
import marketplace.kernel.demo_time
import marketplace.kernel.events
import marketplace.kernel.idempotency  # noqa: F401 - imported for its table
from marketplace.kernel.database import Base

metadata = Base.metadata
