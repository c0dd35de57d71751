"""Every table of the product, imported so that migrations and tests see the whole of it."""

import billing.bills.models
import billing.contracts.models
import billing.ledger.models
import billing.metering.models
import billing.payments.models
import billing.payouts.models
import billing.statements.models  # noqa: F401 - imported for its tables
import marketplace.accounts.models
import marketplace.bookings.models
import marketplace.conversations.models
import marketplace.demands.models
import marketplace.discovery.models
import marketplace.kernel.audit
import marketplace.kernel.demo_time
import marketplace.kernel.events
import marketplace.kernel.idempotency
import marketplace.listings.imports.models
import marketplace.listings.media.models
import marketplace.listings.models
import marketplace.orders.disputes.models
import marketplace.orders.fulfilments.models
import marketplace.orders.models
import marketplace.settlement.models  # noqa: F401 - imported for their tables
from marketplace.kernel.database import Base

metadata = Base.metadata
