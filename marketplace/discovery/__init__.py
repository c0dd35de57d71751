"""Search pages and API, matching, index documents, price for the job, saved searches."""
