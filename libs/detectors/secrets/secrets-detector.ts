import { codesOf } from '../codes.ts'
import type { Detection, SpanDetector } from '../detector.ts'
import { createFindings, type Findings } from '../findings.ts'
import { createSpanDetector } from '../span-detector.ts'
import { withoutCovered } from '../without-covered.ts'
import { scanArgument, scanAssignment, scanCall, scanElement, scanSpoken } from './assignment.ts'
import { awsSecretLength, scanAwsSecret } from './aws-secret.ts'
import { scanAzureSecret } from './azure-secret.ts'
import { mayBeginScheme, scanBearer } from './bearer.ts'
import { scanCliPassword } from './cli-password.ts'
import { scanPasswordFile, scanTelegramToken } from './colon-separated.ts'
import { scanBasicUser, scanCurlHeader } from './curl.ts'
import { scanFacebookToken } from './facebook-token.ts'
import { scanJwt } from './jwt.ts'
import { scanKubernetesSecret } from './kubernetes-secret.ts'
import { maxPrivateKey, scanPrivateKey } from './private-key.ts'
import { mayStartToken, scanToken } from './token-matcher.ts'
import { tokenRules } from './token-rules.ts'
import { scanUrlPassword } from './url-password.ts'
import { vendorTypes } from './vendor-values.ts'

/** Types that say how a secret was met and not what it is for; the surest first. */
const genericTypes = [
  'jwt',
  'aws-secret-access-key',
  'curl-auth-header',
  'bearer-token',
  'curl-auth-user',
  'cli-password',
  'pgpass-password',
  'azure-storage-key',
  'azure-ad-client-secret',
  'uuid-api-key',
  'generic-api-key',
  'hashicorp-tf-password',
  'generic-password',
]

/** Where several types cover the same: what a token itself says comes first, then what the name beside it says. */
const precedence = [...vendorTypes.filter(isToldByName), ...genericTypes]

function isToldByName(type: string): boolean {
  return tokenRules.every((rule) => rule.type !== type)
}

/** Types of detections. */
export const secretTypes: readonly string[] = [
  ...new Set([
    ...tokenRules.map(({ type }) => type),
    ...vendorTypes,
    'private-key',
    'pkcs12-file',
    'kubernetes-secret-yaml',
    'facebook-access-token',
    'jwt-base64',
    'db-url-password',
    'url-password',
    'sidekiq-sensitive-url',
    'nuget-config-password',
    'freemius-secret-key',
    ...genericTypes,
  ]),
]

/** What types of version 0.1.0 are called now, for its policies. */
export const formerSecretTypes: Record<string, string[]> = {
  'google-api-key': ['gcp-api-key'],
  'facebook-access-token': ['facebook-page-access-token', 'facebook-access-token'],
  jwt: ['jwt', 'jwt-base64'],
}

const defaultThreshold = 0.5
const lookBehind = 512
/** A private key is held until it is complete or as long as is covered of one. */
const maxHold = maxPrivateKey + 256
/** What a text may end with and still begin a secret: the longest prefix, 40 characters of an AWS key and one more. */
const maxPending = 64

/** What to look for at a character. */
const wordCharacter = 1
const assigner = 2
const dash = 3
const space = 4
const comma = 5
const call = 6
const tilde = 7
const bar = 8

const kinds = new Uint8Array(1 << 16)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  kinds[character.charCodeAt(0)] = wordCharacter
kinds[58] = assigner
kinds[61] = assigner
kinds[62] = assigner
kinds[45] = dash
kinds[32] = space
kinds[9] = space
kinds[44] = comma
kinds[40] = call
kinds[126] = tilde
kinds[124] = bar

export function createSecretsDetector(spec: { types?: string[]; threshold?: number }): SpanDetector {
  const wanted = new Set((spec.types ?? secretTypes).flatMap((type) => formerSecretTypes[type] ?? type))
  for (const type of wanted)
    if (!secretTypes.includes(type))
      throw new Error(`Unknown type of secret ${JSON.stringify(type)}; known are ${secretTypes.join(', ')}`)
  const threshold = spec.threshold ?? defaultThreshold
  const scan = (text: string, ended: boolean, nameOf = sameType) => {
    const findings = createFindings(text.length)
    scanAll(text, findings)
    if (findings.detections.length === 0) return { detections: none, finalTo: finalIn(text, ended, findings) }
    const sure = findings.detections.filter(({ confidence }) => confidence >= threshold)
    const detections = withoutCovered(sure, precedence)
      .map((detection) => ({ ...detection, type: nameOf(detection.type) }))
      .filter(({ type }) => wanted.has(type))
    return { detections, finalTo: finalIn(text, ended, findings) }
  }
  return createSpanDetector({
    name: 'secrets',
    lookBehind,
    maxHold,
    scan: (text, ended) => scan(text, ended),
    scanEncoded: (text, ended) => scan(text, ended, typeOfEncoded),
  })
}

const sameType = (type: string) => type
const typeOfEncoded = (type: string) => (type === 'jwt' ? 'jwt-base64' : type)

const none: Detection[] = []

function finalIn(text: string, ended: boolean, findings: Findings): number {
  return ended ? text.length : Math.min(findings.undecidedFrom(), pendingFrom(text))
}

function scanAll(text: string, findings: Findings): void {
  const codes = codesOf(text)
  const { length } = text
  let previous = 0
  let index = 0
  while (index < length) {
    const code = codes[index]!
    const kind = kinds[code]!
    if (kind === wordCharacter) {
      if (previous !== underscore) scanWord(text, codes, index, code, findings)
      const start = index
      let last = code
      for (index++; index < length; index++) {
        const next = codes[index]!
        if (kinds[next] !== wordCharacter) break
        if (last === plus || last === slash || (last <= 116 && last >= 110 && codes[index - 2] === backslash))
          scanWord(text, codes, index, next, findings)
        last = next
      }
      previous = last
      if (index - start === awsSecretLength) scanAwsSecret(text, start, findings)
      continue
    }
    if (kind === assigner) {
      if (code === colon) {
        if (codes[index + 1] === slash && codes[index + 2] === slash)
          scanUrlPassword(text, codes, index, findings)
        else {
          scanBasicUser(text, codes, index, findings)
          if (previous === letterN || previous === letterY) scanCurlHeader(text, index, findings)
          if (previous === letterA && codes[index - 2] === letterT)
            scanKubernetesSecret(text, index, findings)
          scanPasswordFile(text, codes, index, findings)
          scanTelegramToken(text, codes, index, findings)
        }
      }
      if (code === greaterThan) scanElement(text, codes, index, findings)
      else scanAssignment(text, codes, index, findings)
    } else if (kind === space) scanSpoken(text, codes, index, findings)
    else if (kind === comma) scanArgument(text, codes, index, findings)
    else if (kind === call) scanCall(text, codes, index, findings)
    else if (kind === bar) scanFacebookToken(text, codes, index, findings)
    else if (kind === tilde) scanAzureSecret(codes, text, index, findings)
    else if (kind === dash && previous !== hyphen) {
      scanPrivateKey(text, index, findings)
      scanCliPassword(text, index, findings)
    }
    previous = code
    index++
  }
}

function scanWord(text: string, codes: Uint16Array, index: number, code: number, findings: Findings): void {
  const next = codes[index + 1]!
  if (mayStartToken(codes, index, text.length)) scanToken(text, codes, index, findings)
  if (code === 101 && next === 121 && codes[index + 2] === 74) scanJwt(text, index, findings)
  if (mayBeginScheme(codes, index)) scanBearer(text, index, findings)
}

const colon = 58
const greaterThan = 62
const plus = 43
const backslash = 92
const underscore = 95
const letterA = 97
const letterN = 110
const letterT = 116
const letterY = 121
const slash = 47
const hyphen = 45

function isWordBefore(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  )
}

/** Start of what stands at the end of the text and can become part of a secret by what follows it. */
function pendingFrom(text: string): number {
  const floor = Math.max(0, text.length - maxPending)
  let start = text.length
  while (start > floor && mayBegin(text.charCodeAt(start - 1))) start--
  return start
}

function mayBegin(code: number): boolean {
  return (
    isWordBefore(code) ||
    code === hyphen ||
    code === 43 ||
    code === slash ||
    code === 46 ||
    code === colon ||
    code === 126
  )
}
