"""The blueprint that the pages of credit share."""

from flask import Blueprint

blueprint = Blueprint("credit_pages", "credit", template_folder="templates")
