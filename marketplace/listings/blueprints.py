"""Every blueprint of this package, for the composition root."""

from flask import Blueprint

from marketplace.listings.api import blueprint as listings_api
from marketplace.listings.imports.api import blueprint as imports_api
from marketplace.listings.imports.pages import blueprint as imports
from marketplace.listings.pages.editing import blueprint as editing
from marketplace.listings.pages.machines import blueprint as machines
from marketplace.listings.pages.media import blueprint as media
from marketplace.listings.pages.prices import blueprint as prices
from marketplace.listings.pages.review import blueprint as review

PAGES: tuple[Blueprint, ...] = (machines, editing, prices, media, review, imports)
APIS: tuple[Blueprint, ...] = (listings_api, imports_api)
