import { type Document, isMap, isScalar, LineCounter, parseAllDocuments, type Scalar } from 'yaml'
import { describeIssue } from './describe-issue.ts'
import { type PolicyDocument, policyDocumentSchema } from './document.ts'

export type PolicyProblem = {
  line: number
  column: number
  message: string
  /** Name of the policy, where it has one. */
  policy?: string
}

/** Beyond these the rest is only counted. */
const maxProblems = 100
const maxMessageCharacters = 1_000

/** YAML that holds no usable policies. The message has each problem with its line, up to `maxProblems`. */
export class PolicyDocumentError extends Error {
  override name = 'PolicyDocumentError'
  readonly problems: PolicyProblem[]

  constructor(all: PolicyProblem[]) {
    const problems = all.slice(0, maxProblems).map(({ message, ...place }) => ({
      ...place,
      message: message.length > maxMessageCharacters ? `${message.slice(0, maxMessageCharacters)}…` : message,
    }))
    const more = all.length - problems.length
    super(
      [
        ...problems.map(
          ({ line, column, message, policy }) =>
            `line ${line}, column ${column}: ${policy === undefined ? '' : `policy ${policy}: `}${message}`,
        ),
        ...(more > 0 ? [`and ${more} more`] : []),
      ].join('\n'),
    )
    this.problems = problems
  }
}

/**
 * Reads one or several policies (`---` between them) from YAML.
 * @returns each policy with its own source text, to be kept as it was written.
 * @throws PolicyDocumentError
 */
export function parsePolicies(yaml: string): { policy: PolicyDocument; source: string }[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(yaml, { lineCounter: lines })
  const problems: PolicyProblem[] = []
  const parsed: { policy: PolicyDocument; source: string }[] = []
  for (const document of 'length' in documents ? [...documents] : []) {
    for (const error of document.errors) {
      const { line, col } = lines.linePos(error.pos[0])
      problems.push({ line, column: col, message: error.message.split('\n')[0]! })
    }
    if (document.errors.length > 0 || document.contents === null) continue
    const written: unknown = document.toJS()
    const policy = nameOf(written)
    const result = policyDocumentSchema.safeParse(written)
    if (result.success) parsed.push({ policy: result.data, source: sourceOf(yaml, document) })
    else
      for (const issue of result.error.issues.slice(0, 10 * maxProblems)) {
        const offset = issue.code === 'custom' ? (issue.params?.offset as number | undefined) : undefined
        for (const { path, message, key } of describeIssue(issue, written)) {
          const position = positionOf(document, path, lines, offset, yaml, key)
          problems.push({ ...position, message: withPath(path, message), ...(policy && { policy }) })
        }
      }
  }
  problems.push(...duplicateNames(parsed))
  if (problems.length > 0)
    throw new PolicyDocumentError(problems.sort((a, b) => a.line - b.line || a.column - b.column))
  if (parsed.length === 0)
    throw new PolicyDocumentError([{ line: 1, column: 1, message: 'there is no policy in this document' }])
  return parsed
}

/** For the message: a name that is none is a problem of its own. */
function nameOf(document: unknown): string | undefined {
  const name = (document as { name?: unknown } | null)?.name
  return typeof name === 'string' && /^[\w-]{1,63}$/.test(name) ? name : undefined
}

function duplicateNames(parsed: { policy: PolicyDocument }[]): PolicyProblem[] {
  const names = parsed.map(({ policy }) => policy.name)
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => ({ line: 1, column: 1, message: `two policies are called ${name}` }))
}

function withPath(path: PropertyKey[], message: string): string {
  return path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message
}

/**
 * Position of the innermost node on the path that exists: for a missing field that of its parent.
 * @param offset within the string that stands there.
 * @param key a member of the object there, which is meant by its name.
 */
function positionOf(
  document: Document,
  path: PropertyKey[],
  lines: LineCounter,
  offset: number | undefined,
  yaml: string,
  key: string | undefined,
): Omit<PolicyProblem, 'message'> {
  const member = key === undefined ? undefined : keyNode(document, path, key)
  if (member?.range) {
    const { line, col } = lines.linePos(member.range[0])
    return { line, column: col }
  }
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as
      | { range?: [number, number, number] }
      | undefined
    if (!node?.range) continue
    const { line, col } = lines.linePos(node.range[0])
    if (offset === undefined || !isScalar(node)) return { line, column: col }
    return positionWithin(node, offset, line, col, yaml.split('\n'))
  }
  return { line: 1, column: 1 }
}

function keyNode(document: Document, path: PropertyKey[], key: string): Scalar | undefined {
  const map = path.length === 0 ? document.contents : document.getIn(path, true)
  if (!isMap(map)) return undefined
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
  return pair?.key as Scalar | undefined
}

/** Exact where a string stands on one line, or keeps its lines (`|`). */
function positionWithin(
  { value, type }: Scalar,
  offset: number,
  line: number,
  column: number,
  yamlLines: string[],
): Omit<PolicyProblem, 'message'> {
  const before = String(value).slice(0, offset).split('\n')
  if (type === 'BLOCK_LITERAL') {
    const indentation = /^ */.exec(yamlLines[line] ?? '')![0].length
    return { line: line + before.length, column: indentation + before.at(-1)!.length + 1 }
  }
  if (type === 'BLOCK_FOLDED' || before.length > 1) return { line, column }
  return { line, column: column + offset + (type === 'PLAIN' ? 0 : 1) }
}

function sourceOf(yaml: string, document: Document): string {
  const [start, , end] = document.range ?? [0, 0, yaml.length]
  return yaml
    .slice(start, end)
    .replace(/^---\s*\n/, '')
    .replace(/\n(---|\.\.\.)\s*$/, '\n')
    .trim()
    .concat('\n')
}
