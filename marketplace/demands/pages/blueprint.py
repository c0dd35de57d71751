"""The blueprint that the pages of demands share; pages that join them with orders or matches are added from above."""

from flask import Blueprint

blueprint = Blueprint("demands_pages", "marketplace.demands", template_folder="templates")
