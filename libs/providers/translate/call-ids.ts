import { createHash } from 'node:crypto'

/**
 * Anthropic takes only these characters in the id of a tool call; OpenAI-compatible servers give any, such as
 * `functions.Bash:0`.
 */
const anthropicId = /^[a-zA-Z0-9_-]+$/
/** Of an id in UTF-8, and of one in UTF-16 because it has halves of surrogate pairs. */
const prefixes = { utf8: 'airs-id-', utf16le: 'airs-id16-' } as const
/** OpenAI refuses a longer one. */
const openaiIdLength = 40

/** An id for Anthropic's side: the same where it can stand there, else one that `originalCallId` reads back. */
export function anthropicCallId(id: string): string {
  if (anthropicId.test(id) && !Object.values(prefixes).some((prefix) => id.startsWith(prefix))) return id
  const encoding = id.isWellFormed() ? 'utf8' : 'utf16le'
  return prefixes[encoding] + Buffer.from(id, encoding).toString('base64url')
}

/** The id that `anthropicCallId` was given; any other one as it is. */
export function originalCallId(id: string): string {
  for (const encoding of ['utf8', 'utf16le'] as const) {
    if (!id.startsWith(prefixes[encoding])) continue
    const original = Buffer.from(id.slice(prefixes[encoding].length), 'base64url').toString(encoding)
    if (anthropicCallId(original) === id) return original
  }
  return id
}

/** An id that OpenAI's own servers take: a digest in place of one that is too long. Compatible servers may read meaning into theirs. */
export function openaiCallId(id: string): string {
  return id.length <= openaiIdLength ? id : `call_${digest(id).slice(0, 24)}`
}

/** An id for a call of a response that came without one. */
export function mintedCallId(...seed: (string | number)[]): string {
  return `call_${digest(JSON.stringify(seed)).slice(0, 24)}`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export type CallIds = {
  /** A message begins that may call. */
  next(): void
  /** The id for the next call of the conversation. */
  call(id: unknown): string
  /** The id of the call that a result belongs to. */
  result(id: unknown): string
}

/**
 * Ids of one conversation on their way to Anthropic, which wants each of them once and none empty. Servers that number the
 * calls of each response anew give the same again, some give all calls of a response one id, and some give none: results of an id
 * belong to the calls of the last message that has it, in order, and one without an id to the first unanswered call without one.
 */
export function createCallIds(): CallIds {
  const given = new Map<string, number>()
  /** Calls of the last message without a result, by their id. */
  let open = new Map<string, number[]>()
  const unnamed: string[] = []
  let count = 0
  const text = (id: unknown) =>
    typeof id === 'string' ? id : id === undefined || id === null ? '' : String(id)
  const nth = (id: string, times: number) => anthropicCallId(times === 1 ? id : `${id} ${times}`)
  return {
    next() {
      open = new Map()
    },
    call(id) {
      count++
      const named = text(id)
      if (named === '') {
        const minted = mintedCallId(count)
        unnamed.push(minted)
        return minted
      }
      const times = (given.get(named) ?? 0) + 1
      given.set(named, times)
      open.set(named, [...(open.get(named) ?? []), times])
      return nth(named, times)
    },
    result(id) {
      const named = text(id)
      if (named === '') return unnamed.shift() ?? mintedCallId(count)
      return nth(named, open.get(named)?.shift() ?? given.get(named) ?? 1)
    },
  }
}
