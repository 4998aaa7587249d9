"""Whole numbers in a form: a field that tells a person which ones it takes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, override

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
import voluptuous as vol

# The error at a field. A section cannot show one at its fields: there the error names the field.
OUT_OF_BOUNDS: Final = "out_of_bounds"


class WholeNumberSelector(NumberSelector):
    """Asks for a whole number within bounds.

    It takes whatever was entered, since Home Assistant would refuse it with the names of keys; a form's step
    shows what `error_in` finds.
    """

    def __init__(self, lowest: int, highest: int, unit: str) -> None:
        super().__init__(
            NumberSelectorConfig(
                min=lowest, max=highest, unit_of_measurement=unit, mode=NumberSelectorMode.BOX
            )
        )
        self.lowest, self.highest = lowest, highest

    @override
    def __call__(self, data: Any) -> Any:
        """Return the input as it is."""
        return data

    def takes(self, value: Any) -> bool:
        """Return whether a value is one of the numbers; a form gives whole numbers as floats."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self.lowest <= value <= self.highest and value == int(value)


def error_in(schema: vol.Schema, values: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the error of the first field that does not take its value, and its placeholders; or nothing."""
    for path, field, value in _numbers(schema, values):
        if not field.takes(value):
            first, *names = path
            error = "_".join((*names, OUT_OF_BOUNDS))
            return {first: error}, {"lowest": str(field.lowest), "highest": str(field.highest)}
    return {}, {}


def whole_numbers(schema: vol.Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a person's input to a form, which has no error, with whole numbers."""
    return {key: _whole(schema.schema[key], value) for key, value in values.items()}


def _whole(field: object, value: Any) -> Any:
    match field:
        case WholeNumberSelector():
            return int(value)
        case section(schema=vol.Schema() as schema):
            return whole_numbers(schema, value)
    return value


def _numbers(
    schema: vol.Schema, values: Mapping[str, Any], *path: str
) -> Iterator[tuple[tuple[str, ...], WholeNumberSelector, Any]]:
    """Yield each field for a number, by its path, with its value."""
    for key, value in values.items():
        match schema.schema[key]:
            case WholeNumberSelector() as field:
                yield (*path, key), field, value
            case section(schema=vol.Schema() as inner):
                yield from _numbers(inner, value, *path, key)
