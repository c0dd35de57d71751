"""The unified social credit code 统一社会信用代码 (GB 32100-2015): 18 characters, the last one checks the others."""

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from marketplace.kernel.errors import Invalid


def checked_uscc(written: str) -> str:
    """The code in its plain form; raises `Invalid` `bad_uscc` naming what is wrong and, for a slip, the right check digit."""
    compact = uscc.compact(written).upper()
    try:
        return uscc.validate(compact)
    except InvalidLength as error:
        raise Invalid("uscc_length", fields={"uscc": ["uscc_length"]}, length=len(compact)) from error
    except InvalidChecksum as error:
        expected = uscc.calc_check_digit(compact[:-1])
        raise Invalid(
            "uscc_check_digit", fields={"uscc": ["uscc_check_digit"]}, given=compact[-1], expected=expected
        ) from error
    except ValidationError as error:
        raise Invalid("uscc_characters", fields={"uscc": ["uscc_characters"]}) from error
