export type TextRole = 'system' | 'user' | 'assistant' | 'tool' | 'unknown'
export type TextKind = 'text' | 'tool-arguments' | 'tool-result' | 'tool-definition'

/** One string of a request or answer that a policy looks at. */
export type TextPart = {
  /** JSON pointer (RFC 6901) to the string. */
  path: string
  text: string
  role: TextRole
  kind: TextKind
  /** Name of the tool that is defined, called or answering. */
  tool?: string
}

/** A piece of a string that a stream delivers bit by bit, or a later repetition of that whole string. */
export type FrameText = {
  /** JSON pointer to the piece within the frame's data. */
  path: string
  /** JSON pointer to the whole string within the assembled answer: pieces of one channel, joined, are that string. */
  channel: string
  text: string
  /** The text is not the next piece but all of the channel: told once more, or for the first time; whoever changed the pieces changes it too. */
  whole?: true
  kind: TextKind
  tool?: string
}

/** Appends one reference token to a JSON pointer. */
export function pointer(base: string, ...tokens: (string | number)[]): string {
  let path = base
  for (const token of tokens) {
    path += typeof token === 'number' ? `/${token}` : `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`
  }
  return path
}
