import { ApiError } from '@airs-cp/runtime'

/** What a caller expects to change, as it said in `If-Match` and `If-None-Match` (RFC 9110, section 13.1). */
export type Expectation = {
  /** Entity tags, one of which must be the current one; `*` stands for any. Absent: no matter what. */
  match?: string[]
  /** It must not be there yet. */
  absent: boolean
}

/** Tag of one policy. */
export const policyTag = (version: number) => `"${version}"`

/** Tag of the whole set: every change of any policy or of the mode makes another. */
export const setTag = (setVersion: number) => `"set-${setVersion}"`

export function readExpectation(headers: {
  'if-match'?: string | undefined
  'if-none-match'?: string | undefined
}): Expectation {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers
  return {
    ...(match !== undefined && { match: tagsOf(match) }),
    absent: noneMatch?.trim() === '*',
  }
}

/** A bare number is taken for a tag too: what people type. */
function tagsOf(header: string): string[] {
  return header.split(',').map((tag) => {
    const bare = tag
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1')
    return bare === '*' ? bare : `"${bare}"`
  })
}

/**
 * @param current the tag of what is there; undefined where nothing is.
 * @param what is named in the error, such as `Policy no-secrets is at version 3`.
 * @throws ApiError 412
 */
export function expect({ match, absent }: Expectation, current: string | undefined, what: string): void {
  if (absent && current !== undefined)
    throw failed(`${what}, and If-None-Match: * says that there must be none yet`)
  if (!match || (current !== undefined && (match.includes('*') || match.includes(current)))) return
  throw failed(
    `${what}, and not what If-Match says (${match.join(', ')}): somebody changed it. Look at what changed (airs policy diff, airs policy history) and apply again`,
  )
}

function failed(message: string): ApiError {
  return new ApiError(412, 'precondition_failed', message)
}
