"""The park office: queue, firm file, figures, audit, settings."""
