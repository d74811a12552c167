"""Write the reference page of the HTTP addresses and their OpenAPI description from the declarations: `make types`."""

import json
import sys
from collections.abc import Iterator

from cnnvis.serve.addresses import ADDRESSES
from cnnvis.serve.openapi import Document, openapi, openapi_address
from tools.tracked import ROOT

PAGE = ROOT / "docs" / "reference" / "http.md"
DESCRIPTION = ROOT / "docs" / "reference" / "openapi.json"
_LONG = {"paths", "components", "schemas"}
"""Objects in it whose entries have lines of their own."""

_HEAD = """# HTTP addresses

<!-- Made from the declared addresses by `make types`; do not edit. -->

What `cnnvis open` serves besides its page, for programs. The same as OpenAPI: [openapi.json](openapi.json), which every
server also answers at `api/openapi.json`. Addresses are relative to the page, so below a proxy's path they follow it.

```
cnnvis open runs/resnet20 --no-browser --port 8750 &
curl http://127.0.0.1:8750/api/runs
curl "http://127.0.0.1:8750/api/runs/resnet20/table/clusters?format=csv"
```

**Who may ask.** On this machine everybody; where a token is needed (see
[Serve runs to others](../how-to/serve-to-others.md)), send it as `Authorization: Bearer TOKEN`. Browsers' requests from
other sites' pages are refused.

**Errors** are JSON of two sentences, `error` and `remedy`. 400: the body is no JSON; 404: what is named is not there;
409: it cannot be done at the moment; 413: too large; 422: a parameter or the body does not fit, or the edit not the
clusters; 503 with `Retry-After`: try again. 500: a run is damaged, or there is a mistake in cnnvis.

**Types** are named here; their fields stand in [openapi.json](openapi.json) under `components`, with what each means.

**Layers** are named by their ids in the parameters, where `#` and `/` are written `%23` and `%2F`.
"""


def description() -> str:
    """Return the OpenAPI description as it should be now: a line per path and per type, so that changes are seen."""
    return _lines(_document()) + "\n"


def page() -> str:
    """Return the page as it should be now."""
    document = _document()
    chapters: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            chapter = chapters.setdefault(operation["tags"][0], [])
            chapter += [*_operation(f"{method.upper()} {path.removeprefix('/')}", operation)]
    lines = [_HEAD]
    for name, chapter in chapters.items():
        lines += [f"## {name.capitalize()}", "", *chapter]
    return "\n".join(lines).rstrip() + "\n"


def _document() -> Document:
    return openapi((*ADDRESSES, openapi_address(ADDRESSES)))


def _lines(value: Document) -> str:
    """Return an object as JSON with a line per entry."""
    entries = (
        f"{json.dumps(name)}: {_lines(inner) if name in _LONG else json.dumps(inner, ensure_ascii=False)}"
        for name, inner in value.items()
    )
    return "{\n" + ",\n".join(entries) + "\n}"


def _operation(title: str, operation: Document) -> Iterator[str]:
    yield f"### {title}"
    yield ""
    yield " ".join([operation["summary"], operation.get("description", "")]).strip()
    yield ""
    parameters = [each for each in operation["parameters"] if each["name"] != "run"]
    if parameters:
        yield "| parameter | what |"
        yield "|---|---|"
        for each in parameters:
            told = [each.get("description", ""), _allowed(each["schema"]), "" if each["required"] else "Optional."]
            yield f"| `{each['name']}` | {_cell(' '.join(told))} |"
        yield ""
    if "requestBody" in operation:
        yield f"Body: {_kind(operation['requestBody']['content'])}."
    yield f"Answer: {', '.join(_answers(operation['responses']))}."
    yield ""


def _answers(responses: Document) -> Iterator[str]:
    good = {status: answer for status, answer in responses.items() if int(status) < 300}
    yield from (f"{status} {_kind(answer['content'])}" for status, answer in good.items())
    yield f"or {', '.join(status for status in responses if status not in good)}"


def _kind(content: Document) -> str:
    if "application/json" not in content:
        return " or ".join(f"`{media}`" for media in content)
    schema = content["application/json"]["schema"]
    return _schema(schema)


def _schema(schema: Document) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if schema.get("type") == "array":
        return f"a list of {_schema(schema.get('items', {}))}"
    return {"integer": "numbers", "object": "an object"}.get(schema.get("type", ""), "JSON")


def _allowed(schema: Document) -> str:
    if "enum" in schema:
        return f"One of {', '.join(f'`{value}`' for value in schema['enum'])}."
    if schema.get("type") == "array":
        return f"May be repeated, {schema['maxItems']} times at most." if "maxItems" in schema else "May be repeated."
    if "minimum" in schema and schema.get("maximum", 10**9) < 10**9:
        return f"{schema['minimum']} to {schema['maximum']:,}."
    return ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    DESCRIPTION.write_text(description(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} and {DESCRIPTION.name} written\n")
