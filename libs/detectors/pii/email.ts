import { dot, hyphen, isDigit, isLetter, openParen } from '../characters.ts'
import type { Findings } from '../findings.ts'
import { contextBefore } from './surroundings.ts'

export const maxLocalPart = 64
const maxDomain = 255

/**
 * Reports the address around the `@` at index `at`: an unquoted local part (RFC 5322 dot-atom) and a domain of two or
 * more labels with an alphabetic top level. Latin letters with marks count as letters.
 */
export function scanEmail(text: string, at: number, findings: Findings): void {
  let start = at
  const floor = Math.max(0, at - maxLocalPart)
  while (start > floor && isLocal(text.charCodeAt(start - 1))) start--
  while (start < at && !isAlphanumeric(text.charCodeAt(start))) start++
  if (start === at || text.charCodeAt(at - 1) === dot) return

  const ceiling = at + 1 + maxDomain
  let index = at + 1
  let labelStart = index
  let labels = 0
  let labelHasDigit = false
  let end = -1
  for (; index < ceiling; index++) {
    const code = text.charCodeAt(index)
    if (isLetter(code)) continue
    if (isDigit(code)) labelHasDigit = true
    else if (code === hyphen) {
      if (index === labelStart) break
    } else {
      if (index === labelStart) break
      labels++
      if (labels > 1 && index - labelStart > 1 && !labelHasDigit && text.charCodeAt(index - 1) !== hyphen)
        end = index
      if (code !== dot) break
      labelStart = index + 1
      labelHasDigit = false
    }
  }
  findings.looked(start, index)
  if (end < 0 || isRepositoryUser(text, start, at) || isUrlCredential(text, start)) return
  const domain = domainOf(text.slice(at + 1, end))
  if (domain === undefined || text.charCodeAt(end) === openParen) return
  findings.found('EMAIL', start, at + 1 + domain.length, 0.95)
}

const fileEndings =
  /\.(?:png|jpe?g|gif|webp|svg|ico|bmp|avif|tiff?|tgz|gz|zip|tar|bz2|xz|zst|jar|war|whl|gem|deb|rpm|exe|dll|dylib|js|mjs|cjs|jsx|ts|mts|cts|tsx|css|scss|less|html?|json|ya?ml|xml|toml|lock|txt|csv|tsv|pdf|docx?|xlsx?|pptx?|mp[34]|wav|mov|ttf|woff2?|map|log|bak|tmp|ini|cfg|conf|env|java|kt|swift|php|cpp|hpp|proto|sql|ipynb|vue|svelte|snap|pem|crt|wasm|patch|diff)$/i

const topLevels = /\.(?:com|org|net|edu|gov|mil|int|info|biz|[a-z]{2})$/i

/**
 * Undefined for `icon@2x.png` and `pkg@1.2.3.tgz`: the domain ends as files do, or begins with the scale of a picture. `.py` counts beside
 * a word only. A file that is named for an address (`ada@example.com.pdf`) still has it.
 */
function domainOf(domain: string): string | undefined {
  if (/^\d+x\.|^[\w-]+\.py$/i.test(domain)) return undefined
  if (!fileEndings.test(domain)) return domain
  let named = domain
  while (fileEndings.test(named)) named = named.replace(fileEndings, '')
  return topLevels.test(named) ? named : undefined
}

/** `git@host` is how repositories are addressed, not people. */
function isRepositoryUser(text: string, start: number, at: number): boolean {
  const local = text.slice(start, Math.min(at, start + 4))
  return local === 'git' || local === 'hg' || local === 'svn'
}

/** `scheme://user:password@host`: the password is none of a mailbox's name. */
function isUrlCredential(text: string, start: number): boolean {
  return /:\/\/[^\s/@]*$/.test(text.slice(Math.max(0, start - contextBefore), start))
}

/** Letters, digits and the punctuation of a dot-atom that is used in practice. */
function isLocal(code: number): boolean {
  return (
    isAlphanumeric(code) ||
    code === dot ||
    code === hyphen ||
    code === 95 ||
    code === 43 ||
    code === 37 ||
    code === 39
  )
}

function isAlphanumeric(code: number): boolean {
  return isLetter(code) || isDigit(code)
}
