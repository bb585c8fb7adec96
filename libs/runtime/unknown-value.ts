import { ApiError } from './api-error.ts'

/** What exchanges are narrowed by whose values are few enough to be listed, and what an error calls it. */
const nameOf = {
  agent: 'agent',
  model: 'model',
  provider: 'provider',
  key: 'client key',
  tag: 'tag',
  policy: 'policy',
  finding: 'finding type',
  status: 'status',
}
export type NamedKind = keyof typeof nameOf
export const namedKinds = Object.keys(nameOf) as NamedKind[]

/** So many values of a kind are listed. Where there are as many, one that is not listed finds nothing, without an error. */
export const mostValues = 1_000
const mostNamed = 20

/**
 * Somebody who mistypes a name should not read that there was nothing.
 * @param values - Those that exchanges have.
 */
export function unknownValue(kind: NamedKind, value: string, values: string[]): ApiError {
  const named = values.slice(0, mostNamed).join(', ')
  const rest = values.length > mostNamed ? `, and ${values.length - mostNamed} more` : ''
  return new ApiError(
    400,
    'value_unknown',
    values.length === 0
      ? `No exchange has a ${nameOf[kind]} yet, so none has "${value}"`
      : `No exchange has the ${nameOf[kind]} "${value}"; there are: ${named}${rest}`,
    { kind, values },
  )
}
