"""The blueprint that the pages of the office share."""

from flask import Blueprint

blueprint = Blueprint("office_pages", "marketplace.office", template_folder="templates", url_prefix="/office")
