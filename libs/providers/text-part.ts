export type TextRole = 'system' | 'user' | 'assistant' | 'tool' | 'unknown'
/** `unknown`: what stands at no place that a format knows. */
export type TextKind = 'text' | 'tool-arguments' | 'tool-result' | 'tool-definition' | 'document' | 'unknown'

/** One string of a request or response that a policy looks at. */
export type TextPart = {
  /** JSON pointer (RFC 6901) to the string. */
  path: string
  text: string
  role: TextRole
  kind: TextKind
  /** Name of the tool that is defined or called, or whose result it is. */
  tool?: string
  /**
   * It can be judged and not be changed: `signed` has a signature beside it; `encoded` cannot be written back as it came.
   */
  fixed?: 'signed' | 'encoded'
  /** It goes on in other frames of a stream, and is no URL by itself. */
  isPiece?: true
  /** Path of the part of the same message before it, from which models read on. */
  continues?: string
  /** Further places of the same text, of names of members. */
  also?: string[]
  /** Of a text that stands encoded in its string: the string for a changed text. */
  encode?: (edit: TextEdit) => string
}

/** A part of a request or response that policies do not see. */
export type Unscanned = {
  path: string
  /** For conditions: `image`, `audio`, `file`, `signature`, `encrypted`, `tokens`, `stored-response`, … */
  kind: string
  reason: string
}

export type ReadTexts = { texts: TextPart[]; unscanned: Unscanned[] }

/** A piece of a string that a stream delivers bit by bit, or a later repetition of that whole string. */
export type FrameText = {
  /** JSON pointer to the piece within the frame's data. */
  path: string
  /** JSON pointer to the whole string within the assembled response: pieces of one channel, joined, are that string. */
  channel: string
  text: string
  /** The text is not the next piece but all of the channel: sent once more, or for the first time; whoever changed the pieces changes it too. */
  whole?: true
  kind: TextKind
  tool?: string
  /** It has a signature somewhere in its stream, or may have one: it can be judged and not be changed. */
  fixed?: 'signed'
}

/** What stands in the place of a string, a number or a member's name of a JSON text. */
export type TextEdit = {
  /** JSON pointer (RFC 6901) to the string or number; with `#n` behind it, to the name of the nth member of an object, as `Object.keys` counts. */
  path: string
  /** All of the new text. */
  text: string
  /** The parts of the old text that it differs in, in order; absent: all of it. */
  changes?: readonly { start: number; end: number; text: string }[]
}

/** One reference token of a JSON pointer. A `#` is escaped too, since it begins what is no member (see `TextEdit`). */
export function escapeToken(token: string): string {
  return /[~/#]/.test(token) ? token.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('#', '~2') : token
}

export function unescapeToken(token: string): string {
  return token.includes('~') ? token.replaceAll('~2', '#').replaceAll('~1', '/').replaceAll('~0', '~') : token
}

/** Appends reference tokens to a JSON pointer. */
export function pointer(base: string, ...tokens: (string | number)[]): string {
  let path = base
  for (const token of tokens) {
    path += typeof token === 'number' ? `/${token}` : `/${escapeToken(token)}`
  }
  return path
}
