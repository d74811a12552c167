"""What stands in an address, read into the struct that the address declares; what does not fit is said in words."""

import math
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct, inspect
from msgspec.structs import FieldInfo

from cnnvis.schema.typed import convert
from cnnvis.serve.problems import DESCRIBED, NotFoundError, ParameterError

Asked = TypeVar("Asked", bound=Struct)
_ENDLESS = 10**9
"""A limit from here on only keeps numbers small enough to count with."""
_SHOWN = 60
"""Characters of a wrong value that are said again."""


def read_parameters(kind: type[Asked], query: Iterable[tuple[str, str]], path: Mapping[str, str]) -> Asked:
    """Return the parameters of a request.

    Args:
        kind: What the address asks for.
        query: Names and values after the question mark, in their order.
        path: Values of the names in braces.

    Raises:
        ParameterError: One is missing, unknown, given twice, or has a value that is not allowed.
        NotFoundError: One in the path has such a value.

    """
    fields = fields_of(kind)
    given: dict[str, list[str]] = {name: [value] for name, value in path.items()}
    for name, value in query:
        if name not in fields or name in path:
            allowed = ", ".join(other for other in fields if other not in path) or "none"
            raise ParameterError(f"The address takes no parameter {_short(name)}.", f"It takes {allowed}. {DESCRIBED}")
        given.setdefault(name, []).append(value)
    for name, field in fields.items():
        if name not in given and field.required:
            remedy = f"Add ?{name}=..., {words_of(field.type)}. {DESCRIBED}"
            raise ParameterError(f"The address lacks the parameter {name!r}.", remedy)
    values = {name: _value(fields[name], texts, in_path=name in path) for name, texts in given.items()}
    return convert(values, kind, strict=False)


def fields_of(kind: type[Struct]) -> dict[str, FieldInfo]:
    """Return the fields of a struct by the names that they have in an address."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _value(field: FieldInfo, texts: list[str], *, in_path: bool) -> object:
    """Return one parameter, checked, in a form that msgspec takes for the whole struct."""
    name, several = field.encode_name, isinstance(_bare(inspect.type_info(field.type)), inspect.VarTupleType)
    if len(texts) > 1 and not several:
        raise ParameterError(f"The parameter {name!r} is given {len(texts)} times.", "Give it once.")
    value: object = texts if several else texts[0]
    try:
        read = convert(value, field.type, strict=False)
    except msgspec.ValidationError:
        read = None
    # Of "null" msgspec makes nothing, where nothing is allowed: here that is said by leaving the parameter out.
    if read is None or (isinstance(read, float) and not math.isfinite(read)):
        if in_path:
            raise NotFoundError(f"There is no {name} {_short(texts[0])}.", f"It is {words_of(field.type)}. {DESCRIBED}")
        said = f"given {len(texts)} times" if several and len(texts) > 1 else _short(texts[0])
        raise ParameterError(f"The parameter {name!r} is {said}, not {words_of(field.type)}.", DESCRIBED)
    return value


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def words_of(kind: object) -> str:
    """Return what a type of parameter allows, as words: ``a whole number from 0 to 9``."""
    return _words(inspect.type_info(kind))


def _bare(kind: inspect.Type) -> inspect.Type:
    """Return a type without its description."""
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    return kind


def _words(kind: inspect.Type) -> str:
    kind = _bare(kind)
    match kind:
        case inspect.IntType():
            return f"a whole number{_range(kind.ge, kind.le)}"
        case inspect.FloatType():
            return f"a number{_range(kind.ge, kind.le)}"
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType(values=values):
            return " or ".join(str(value) for value in sorted(values, key=str))
        case inspect.StrType():
            return _text(kind.min_length or 0, kind.max_length)
        case inspect.VarTupleType(item_type=item, max_length=most):
            return f"{_words(item)}{'' if most is None else f', at most {most} times'}"
        case inspect.UnionType(types=kinds):
            return " or ".join(_words(each) for each in kinds if not isinstance(each, inspect.NoneType))
        case _:
            return "something else"


def _range(least: int | float | None, most: int | float | None) -> str:
    if most is not None and most >= _ENDLESS:
        most = None
    if least is not None and most is not None:
        return f" from {least:g} to {most:,}" if isinstance(most, int) else f" from {least:g} to {most:g}"
    if least is not None:
        return f", {least:g} or more"
    return "" if most is None else f" up to {most:g}"


def _text(least: int, most: int | None) -> str:
    if most is None:
        return "a text"
    return f"a text of {least} to {most} characters" if least else f"a text of at most {most} characters"
