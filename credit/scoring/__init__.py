"""The scorer as a library: events in, an explained score out. No database, no web, no clock of its own."""
