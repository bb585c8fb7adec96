import { z } from 'zod'

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const forms: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  email: 'an e-mail address',
  url: 'a URL',
  datetime: 'a time such as 2024-12-31T23:59:59Z',
  date: 'a day such as 2024-12-31',
  base64: 'base64',
}

const mostNamed = 20

/** What is wrong, in the words of whoever wrote it; goes on after the name of the field. Undefined: as zod says it. */
export function plainIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : kinds[issue.expected] && `must be ${kinds[issue.expected]}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${named(issue.values.map(String))}`
    case 'unrecognized_keys':
      return `there ${issue.keys.length > 1 ? 'are no fields' : 'is no field'} ${named(issue.keys.map((key) => JSON.stringify(key.slice(0, 64))))}`
    case 'invalid_format':
      return forms[issue.format] && `must be ${forms[issue.format]}`
    case 'invalid_union':
      return 'has no form that is known here'
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return tooBig(issue)
    default:
      return undefined
  }
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>) {
  if (origin === 'number' || origin === 'int')
    return `must be ${inclusive ? 'at least' : 'more than'} ${minimum}`
  if (origin !== 'string' && origin !== 'array') return undefined
  return Number(minimum) === 1 ? 'is empty' : `must have at least ${quantity(minimum, origin)}`
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig>) {
  if (origin === 'number' || origin === 'int')
    return `must be ${inclusive ? 'at most' : 'less than'} ${maximum}`
  if (origin !== 'string' && origin !== 'array') return undefined
  return `must have at most ${quantity(maximum, origin)}`
}

function quantity(count: number | bigint, origin: string): string {
  if (origin === 'string') return `${count} ${Number(count) === 1 ? 'character' : 'characters'}`
  return `${count} ${Number(count) === 1 ? 'entry' : 'entries'}`
}

function named(names: string[]): string {
  return names.length > mostNamed ? `${names.slice(0, mostNamed).join(', ')}, …` : names.join(', ')
}

z.config({ customError: plainIssue })
