"""Validates a bill of materials against the schema of CycloneDX 1.6 with the library of CycloneDX itself."""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def main(file: str) -> int:
    text = Path(file).read_text(encoding="utf-8")
    problems = list(JsonStrictValidator(SchemaVersion.V1_6).validate_str(text, all_errors=True) or [])
    for problem in problems:
        print(f"{file} is not valid CycloneDX 1.6: {str(problem.data)[:500]}")
    return 1 if problems else 0


sys.exit(main(sys.argv[1]))
