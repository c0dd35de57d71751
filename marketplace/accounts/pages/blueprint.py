"""The blueprint that the pages of accounts share."""

from flask import Blueprint

blueprint = Blueprint("accounts_pages", "marketplace.accounts", template_folder="templates")
