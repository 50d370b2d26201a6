#!/usr/bin/env python3
"""Writes the generated parts of both SDKs from the OpenAPI document of the native API.

    hansa openapi | sdk/generate.py           writes them
    hansa openapi | sdk/generate.py --check   says whether they are current

One method for each operation, named as the operation is; one type for each schema. The same document
gives the same files, byte for byte. Nothing here is imported at run time, and nothing but Python's
own library is needed.
"""

import json
import keyword
import re
import sys
import textwrap
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = HERE / "python/src/hansa/operations.py"
TYPESCRIPT = HERE / "typescript/src/operations.ts"
NOTE = "Generated from the node's OpenAPI document by sdk/generate.py: change that, not this."


def local(schema):
    """The name of the schema a reference names."""
    return schema["$ref"].rsplit("/", 1)[1] if "$ref" in schema else None


class Operation:
    """One operation as both languages need it."""

    def __init__(self, path, method, described):
        self.id = described["operationId"]
        self.path, self.method = path, method.upper()
        self.summary, self.about = described["summary"], described["description"]
        self.public = described["security"] == []
        self.idempotent = any(local(p) == "IdempotencyKey" for p in described.get("parameters", []))
        places = [p for p in described.get("parameters", []) if "in" in p]
        self.path_members = [p["name"] for p in places if p["in"] == "path"]
        self.query_members = [p["name"] for p in places if p["in"] == "query"]
        members = [(p["name"], p["schema"], p["required"], p.get("description", "")) for p in places]
        body = described.get("requestBody", {}).get("content", {}).get("application/json")
        self.takes_body = body is not None
        schema = body["schema"] if body else {}
        if "$ref" in schema:
            raise SystemExit(f"{self.id}: the request is not laid out in place")
        required = set(schema.get("required", []))
        for name, member in schema.get("properties", {}).items():
            members.append((name, member, name in required, member.get("description", "")))
        self.members = sorted(members, key=lambda member: not member[2])
        success = next(code for code in described["responses"] if code != "default")
        media, content = next(iter(described["responses"][success]["content"].items()))
        self.json = media == "application/json"
        self.answer = content["schema"]
        self.pages = (local(self.answer) or "").startswith("PageOf") and any(
            name == "cursor" for name, *_ in members
        )


def operations(document):
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield Operation(path, method, described)


# Python


def py_name(name):
    name = re.sub(r"\W", "_", name)
    return f"{name}_" if keyword.iskeyword(name) else name


def py_type(schema, quote=False):
    """A schema as a Python type. Within the file types are forward references."""
    name = local(schema)
    if name:
        return name
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(repr(word) for word in schema['enum'])}]"
    for key in ("anyOf", "oneOf"):
        if key in schema:
            choices = dict.fromkeys(py_type(choice) for choice in schema[key])
            return " | ".join(choices) if choices else "Any"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(dict.fromkeys(py_kind(kind, schema) for kind in kinds)) or "Any"


def py_kind(kind, schema):
    simple = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
    if kind in simple:
        return simple[kind]
    if kind == "array":
        return f"list[{py_type(schema.get('items', {}))}]"
    values = schema.get("additionalProperties")
    return f"dict[str, {py_type(values) if isinstance(values, dict) else 'Any'}]"


def py_doc(text, indent):
    text = " ".join(text.split())
    lines = textwrap.wrap(text, 100 - len(indent)) or [""]
    return "\n".join(f"{indent}{line}".rstrip() for line in lines)


def py_schema(name, schema):
    about = " ".join(schema.get("description", name).split()).replace("\\", "\\\\").replace('"""', "'''")
    if schema.get("type") != "object" or "properties" not in schema:
        return f"{name}: TypeAlias = {py_type(schema)!r}\n" + py_doc(f'"""{about}"""', "") + "\n"
    required = set(schema.get("required", []))
    lines = [f"{name} = TypedDict(", f"    {name!r},", "    {"]
    for member, described in schema["properties"].items():
        kind = py_type(described)
        kind = kind if member in required else f"NotRequired[{kind}]"
        lines.append(f"        {member!r}: {kind!r},")
    lines += ["    },", ")", py_doc(f'"""{about}"""', "")]
    return "\n".join(lines) + "\n"


def py_method(operation):
    arguments = []
    for name, schema, required, _ in operation.members:
        kind = py_type(schema)
        if required:
            arguments.append(f"{py_name(name)}: {kind}")
        else:
            kind = kind if kind.endswith("None") or kind == "Any" else f"{kind} | None"
            arguments.append(f"{py_name(name)}: {kind} = None")
    if operation.idempotent:
        arguments.append("idempotency_key: str | None = None")
    star = ["*"] if arguments else []
    answer = py_type(operation.answer) if operation.json else "bytes"
    lines = [f"    def {operation.id}("]
    lines += [f"        {argument}," for argument in ["self", *star, *arguments]]
    lines += [f"    ) -> {answer}:"]
    about = f"{operation.summary}. {operation.about}".replace("\\", "\\\\")
    lines.append(py_doc(f'"""{about}', "        "))
    told = [(py_name(name), about) for name, _, _, about in operation.members if about]
    if told:
        lines.append("")
    for name, about in told:
        described = textwrap.wrap(f"{name}: {' '.join(about.split())}", 88)
        lines.append(f"        {described[0]}")
        lines += [f"            {line}" for line in described[1:]]
    lines.append('        """')
    members = ", ".join(f"{name!r}: {py_name(name)}" for name, *_ in operation.members)
    key = "idempotency_key" if operation.idempotent else "None"
    call = f"self._call(OPERATIONS[{operation.id!r}], {{{members}}}, {key})"
    lines.append(f"        return {call}  # type: ignore[no-any-return]")
    return "\n".join(lines)


def py_pages(operation):
    arguments = [a for a in operation.members if a[0] != "cursor"]
    item = (local(operation.answer) or "").removeprefix("PageOf")
    lines = [f"    def {operation.id}_all(", "        self,"]
    if arguments:
        lines.append("        *,")
    for name, schema, required, _ in arguments:
        kind = py_type(schema)
        optional = kind if kind.endswith("None") or kind == "Any" else f"{kind} | None"
        lines.append(f"        {py_name(name)}: {kind if required else optional + ' = None'},")
    lines += [f"    ) -> Iterator[{item}]:", f'        """{operation.summary}: all pages, item by item."""']
    members = ", ".join(f"{name!r}: {py_name(name)}" for name, *_ in arguments)
    lines.append(f"        return self._pages(OPERATIONS[{operation.id!r}], {{{members}}})")
    return "\n".join(lines)


def python(document):
    out = [f'"""Every operation of the node, and the types of what they take and answer.\n\n{NOTE}\n"""']
    out.append(
        "# ruff: noqa: E501, UP013\nfrom __future__ import annotations\n\n"
        "from collections.abc import Iterator, Mapping\n"
        "from typing import Any, Literal, NamedTuple, NotRequired, TypeAlias, TypedDict\n"
    )
    for name, schema in document["components"]["schemas"].items():
        out.append(py_schema(name, schema))
    out.append(
        "\nclass Operation(NamedTuple):\n"
        '    """How an operation is asked for."""\n\n'
        "    id: str\n    method: str\n    path: str\n    query: tuple[str, ...]\n"
        "    takes_body: bool\n    idempotent: bool\n    public: bool\n    json: bool\n"
    )
    found = list(operations(document))
    out.append("\nOPERATIONS: Mapping[str, Operation] = {")
    for op in found:
        query = "(" + "".join(f"{name!r}, " for name in op.query_members).strip() + ")"
        row = f"{op.id!r}, {op.method!r}, {op.path!r}, {query}, {op.takes_body}, {op.idempotent}, {op.public}, {op.json}"
        out.append(f"    {op.id!r}: Operation({row}),")
    out.append("}\n\n")
    out.append(
        "class Operations:\n"
        '    """One method for each operation. `hansa.Client` says how they are carried out."""\n\n'
        "    def _call(\n        self, operation: Operation, members: Mapping[str, Any], idempotency_key: str | None\n"
        "    ) -> Any:\n        raise NotImplementedError\n\n"
        "    def _pages(self, operation: Operation, members: Mapping[str, Any]) -> Iterator[Any]:\n"
        "        raise NotImplementedError\n"
    )
    for op in found:
        out.append(py_method(op) + "\n")
        if op.pages:
            out.append(py_pages(op) + "\n")
    return "\n".join(out).rstrip() + "\n"


# TypeScript


def ts_type(schema):
    name = local(schema)
    if name:
        return name
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(word) for word in schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(dict.fromkeys(ts_type(choice) for choice in schema[key])) or "unknown"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(dict.fromkeys(ts_kind(kind, schema) for kind in kinds)) or "unknown"


def ts_kind(kind, schema):
    simple = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
    if kind in simple:
        return simple[kind]
    if kind == "array":
        return f"Array<{ts_type(schema.get('items', {}))}>"
    if "properties" in schema:
        return "{ " + "; ".join(ts_members(schema)) + " }"
    values = schema.get("additionalProperties")
    return f"Record<string, {ts_type(values) if isinstance(values, dict) else 'unknown'}>"


def ts_key(name):
    return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else json.dumps(name)


def ts_members(schema):
    required = set(schema.get("required", []))
    for name, member in schema["properties"].items():
        yield f"{ts_key(name)}{'' if name in required else '?'}: {ts_type(member)}"


def ts_doc(text, indent=""):
    text = " ".join(text.split()).replace("*/", "*\\/")
    lines = textwrap.wrap(text, 97 - len(indent)) or [""]
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */"
    return "\n".join([f"{indent}/**", *(f"{indent} * {line}" for line in lines), f"{indent} */"])


def ts_schema(name, schema):
    out = [ts_doc(schema.get("description", name))]
    if schema.get("type") == "object" and "properties" in schema:
        out.append(f"export interface {name} {{")
        required = set(schema.get("required", []))
        for member, described in schema["properties"].items():
            if described.get("description"):
                out.append(ts_doc(described["description"], "  "))
            optional = "" if member in required else "?"
            out.append(f"  {ts_key(member)}{optional}: {ts_type(described)};")
        out.append("}")
    else:
        out.append(f"export type {name} = {ts_type(schema)};")
    return "\n".join(out) + "\n"


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def pascal(name):
    return "".join(word.capitalize() for word in name.split("_"))


def ts_request(op):
    out = [f"/** What `{camel(op.id)}` takes. */", f"export interface {pascal(op.id)}Request {{"]
    for name, schema, required, about in op.members:
        if about:
            out.append(ts_doc(about, "  "))
        out.append(f"  {ts_key(name)}{'' if required else '?'}: {ts_type(schema)};")
    return "\n".join(out + ["}"]) + "\n"


def ts_method(op):
    request = f"{pascal(op.id)}Request"
    needed = any(required for _, _, required, _ in op.members)
    argument = f"request: {request}" if needed else f"request: {request} = {{}}"
    answer = ts_type(op.answer) if op.json else "Uint8Array"
    out = [ts_doc(f"{op.summary}. {op.about}", "  ")]
    out.append(f"  {camel(op.id)}({argument}, options: CallOptions = {{}}): Promise<{answer}> {{")
    out.append(f"    return this.call(OPERATIONS.{op.id}, request, options) as Promise<{answer}>;\n  }}")
    if op.pages:
        item = (local(op.answer) or "").removeprefix("PageOf")
        out.append(f"\n  /** {op.summary}: all pages, item by item. */")
        out.append(f"  {camel(op.id)}All({argument}): AsyncGenerator<{item}> {{")
        out.append(f"    return this.pages(OPERATIONS.{op.id}, request) as AsyncGenerator<{item}>;\n  }}")
    return "\n".join(out) + "\n"


def typescript(document):
    out = ["/**\n * Every operation of the node, and the types of what they take and answer.\n *\n * " + NOTE + "\n */\n"]
    out += [ts_schema(name, schema) for name, schema in document["components"]["schemas"].items()]
    found = list(operations(document))
    out += [ts_request(op) for op in found]
    out.append(
        "/** How an operation is asked for. */\nexport interface Operation {\n  id: string;\n  method: string;\n"
        "  path: string;\n  query: readonly string[];\n  takesBody: boolean;\n  idempotent: boolean;\n"
        "  public: boolean;\n  json: boolean;\n}\n\n"
        "/** What a single call may choose. */\nexport interface CallOptions {\n"
        "  /** Makes it safe to repeat; a fresh one unless given. */\n  idempotencyKey?: string;\n"
        "  /** Ends the call early. */\n  signal?: AbortSignal;\n}\n"
    )
    out.append("/** Every operation. */\nexport const OPERATIONS = {")
    for op in found:
        row = {
            "id": op.id, "method": op.method, "path": op.path, "query": op.query_members,
            "takesBody": op.takes_body, "idempotent": op.idempotent, "public": op.public, "json": op.json,
        }
        body = ", ".join(f"{key}: {json.dumps(value)}" for key, value in row.items())
        out.append(f"  {op.id}: {{ {body} }},")
    out.append("} as const satisfies Record<string, Operation>;\n")
    out.append(
        "/** One method for each operation; `Client` says how they are carried out. */\n"
        "export abstract class Operations {\n"
        "  protected abstract call(operation: Operation, request: object, options: CallOptions): Promise<unknown>;\n"
        "  protected abstract pages(operation: Operation, request: object): AsyncGenerator<unknown>;\n"
    )
    out += [ts_method(op) for op in found]
    return "\n".join(out).rstrip() + "\n}\n"


def main():
    document = json.load(sys.stdin)
    stale = []
    for path, make in ((PYTHON, python), (TYPESCRIPT, typescript)):
        text = make(document)
        if "--check" not in sys.argv[1:]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path.relative_to(HERE.parent)))
    if stale:
        sys.exit(f"not current: {', '.join(stale)}; run `hansa openapi | sdk/generate.py`")


if __name__ == "__main__":
    main()
