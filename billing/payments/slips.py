"""The transfer slip as uploaded: told by its content, pictures drawn anew, so that nothing but a picture is kept."""

from marketplace.accounts.licences import CheckedLicence, check_licence
from marketplace.kernel.errors import Invalid

SLIP_BYTES = 5 * 1024 * 1024


def checked_slip(body: bytes) -> CheckedLicence:
    """What may be kept of a slip. Raises `Invalid` `slip_too_large`, or `slip_unreadable` for no picture and no PDF."""
    if len(body) > SLIP_BYTES:
        raise Invalid("slip_too_large", fields={"slip": ["slip_too_large"]})
    try:
        return check_licence(body, field="slip")
    except Invalid as error:
        raise Invalid("slip_unreadable", fields={"slip": ["slip_unreadable"]}) from error
