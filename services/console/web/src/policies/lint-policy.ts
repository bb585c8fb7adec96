import type { Diagnostic } from '@codemirror/lint'
import { ApiProblem, api, read } from '../api/client.ts'

/** What the policy service says of a draft, at the lines that it names. */
export async function lintPolicy(text: string): Promise<Diagnostic[]> {
  if (text.trim() === '') return []
  try {
    await read(api.POST('/v1/policies/validate', yamlBody(text)))
    return []
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 400) return []
    return problemsOf(error).map(({ line, column, message }) => at(text, line, column, message))
  }
}

/** A request whose body is YAML, as it stands. */
export function yamlBody(text: string) {
  return {
    body: text,
    bodySerializer: (body: unknown) => body as string,
    headers: { 'Content-Type': 'application/yaml' },
  }
}

function problemsOf({ details, message }: ApiProblem): { line?: number; column?: number; message: string }[] {
  if (Array.isArray(details) && details.length > 0) return details
  return message.split('\n').map((text) => {
    const place = /(?:^|line )(\d{1,9})[:,]?(?: column )?(\d{1,9})?:? /.exec(text)
    return { message: text, ...(place && { line: Number(place[1]), column: Number(place[2] ?? 1) }) }
  })
}

function at(text: string, line = 1, column = 1, message: string): Diagnostic {
  const lines = text.split('\n')
  const number = Math.min(Math.max(line, 1), lines.length)
  const start = lines.slice(0, number - 1).reduce((sum, one) => sum + one.length + 1, 0)
  const length = lines[number - 1]!.length
  const from = start + Math.min(Math.max(column - 1, 0), length)
  return { from, to: start + length, severity: 'error', message }
}
