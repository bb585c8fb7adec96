"""Makes the types of `airs_cp.resources` from the source of the installed wrapped client.

    python tools/make_stubs.py [--check]

Each method of a resource gets the parameters of `airs_cp` beside its own, in every overload, and responses of the types
in `airs_cp.types`. `--check` changes nothing and fails where a file is not what would be made.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import sys
from pathlib import Path

RESOURCES = Path(__file__).parent.parent / "src" / "airs_cp" / "resources"

#: Stub → module of the wrapped client, its class, ours.
STUBS = {
    "chat_completions": ("openai.resources.chat.completions.completions", "Completions", "AIRSCompletions"),
    "completions": ("openai.resources.completions", "Completions", "AIRSLegacyCompletions"),
    "embeddings": ("openai.resources.embeddings", "Embeddings", "AIRSEmbeddings"),
    "responses": ("openai.resources.responses.responses", "Responses", "AIRSResponses"),
}
METHODS = ("create", "parse", "stream")
CONTEXT = {
    "session_id": "str | None",
    "tags": "Sequence[str] | None",
    "agent": "str | None",
    "sources": "Sequence[str] | None",
}
RESPONSES = (
    "ChatCompletion",
    "Completion",
    "CreateEmbeddingResponse",
    "Response",
    "ParsedChatCompletion",
    "ParsedResponse",
    "Stream",
    "ChatCompletionStreamManager",
    "ResponseStreamManager",
)


class Stub:
    def __init__(self, module_name: str) -> None:
        self.module_name = module_name
        self.module = importlib.import_module(module_name)
        self.tree = ast.parse(inspect.getsource(self.module))
        self.names: set[str] = set()
        self.ours: set[str] = set()
        self.lines: list[str] = []

    def add_class(self, base: str, name: str, is_async: bool) -> None:
        prefix = "Async" if is_async else ""
        source = next(
            node for node in self.tree.body if isinstance(node, ast.ClassDef) and node.name == prefix + base
        )
        methods = [
            node
            for node in source.body
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in METHODS
        ]
        overloaded = {node.name for node in methods if is_overload(node)}
        methods = [node for node in methods if node.name not in overloaded or is_overload(node)]
        self.names.add(prefix + base)
        for kind, suffix in (("", ""), ("raw", "WithRawResponse"), ("streamed", "WithStreamingResponse")):
            parent = f"{prefix}{base}{suffix}"
            self.names.add(parent)
            self.lines += ["", f"class {prefix}{name}{suffix}({parent}):"]
            if not kind:
                for attribute, other in (("raw", "WithRawResponse"), ("streaming", "WithStreamingResponse")):
                    self.lines.append("    @cached_property")
                    self.lines.append(
                        f"    def with_{attribute}_response(self) -> {prefix}{name}{other}: ..."
                    )
            for method in methods:
                if kind and method.name == "stream":
                    continue
                self.add_method(method, is_async, kind)

    def add_method(self, node: ast.FunctionDef | ast.AsyncFunctionDef, is_async: bool, kind: str) -> None:
        arguments = node.args
        first = [*arguments.posonlyargs, *arguments.args]
        parameters = [first[0].arg, *(self.parameter(argument, None) for argument in first[1:]), "*"]
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
            parameters.append(self.parameter(argument, default))
        parameters += [f"{name}: {type_} = None" for name, type_ in CONTEXT.items()]
        result = self.response(node.returns, is_async)
        awaited = isinstance(node, ast.AsyncFunctionDef)
        prefix = "Async" if is_async else ""
        if kind == "raw":
            result = self.use(f"{prefix}AIRSLegacyAPIResponse") + f"[{result}]"
        elif kind == "streamed":
            manager = "AsyncResponseContextManager" if is_async else "ResponseContextManager"
            self.ours.add(manager)
            result = f"{manager}[{self.use(f'{prefix}AIRSAPIResponse')}[{result}]]"
            awaited = False
        if is_overload(node):
            self.lines.append("    @overload")
        keyword = "async def" if awaited else "def"
        self.lines.append(f"    {keyword} {node.name}(")
        self.lines += [f"        {parameter}," for parameter in parameters]
        self.lines.append(f"    ) -> {result}: ...")

    def parameter(self, argument: ast.arg, default: ast.expr | None) -> str:
        assert argument.annotation is not None, argument.arg
        self.collect(argument.annotation)
        if default is None:
            return f"{argument.arg}: {ast.unparse(argument.annotation)}"
        self.collect(default)
        return f"{argument.arg}: {ast.unparse(argument.annotation)} = {ast.unparse(default)}"

    def collect(self, node: ast.AST) -> None:
        self.names |= {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}

    def response(self, node: ast.expr | None, is_async: bool) -> str:
        assert node is not None
        stub = self

        class Rename(ast.NodeTransformer):
            def visit_Name(self, name: ast.Name) -> ast.Name:
                plain = name.id.removeprefix("Async")
                if plain in RESPONSES:
                    return ast.Name(stub.use(f"{'Async' if is_async else ''}AIRS{plain}"))
                stub.names.add(name.id)
                return name

        return ast.unparse(Rename().visit(copy.deepcopy(node)))

    def use(self, name: str) -> str:
        self.ours.add(name)
        return name

    def text(self) -> str:
        imports: set[str] = set()
        for name in self.names - set(dir(__builtins__)):
            imports.add(self.import_of(name))
        ours = sorted(name for name in self.ours if "AIRS" in name)
        managers = sorted(self.ours - set(ours))
        head = [
            f"# Made by tools/make_stubs.py from {self.module_name}. Do not edit.",
            '# mypy: disable-error-code="override"',
            "from collections.abc import Sequence",
            "from functools import cached_property",
            "from typing import overload",
            *sorted(imports),
            *(f"from openai._response import {name}" for name in managers),
            f"from ..types import {', '.join(ours)}",
        ]
        return "\n".join([*head, *self.lines, ""])

    def import_of(self, name: str) -> str:
        package = self.module_name.split(".")[:-1]
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        base = package[: len(package) - node.level + 1] if node.level else []
                        module = ".".join([*base, *([node.module] if node.module else [])])
                        as_name = f" as {alias.asname}" if alias.asname and alias.asname != alias.name else ""
                        return f"from {module} import {alias.name}{as_name}"
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
        return f"from {self.module_name} import {name}"


def is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "overload" for one in node.decorator_list)


def main() -> int:
    stale = []
    for name, (module, base, ours) in STUBS.items():
        stub = Stub(module)
        stub.add_class(base, ours, is_async=False)
        stub.add_class(base, ours, is_async=True)
        path = RESOURCES / f"{name}.pyi"
        text = stub.text()
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
    if stale:
        print(f"Not what tools/make_stubs.py makes: {', '.join(stale)}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
