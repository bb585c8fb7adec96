/** Bits per character of a text's own distribution of characters. */
export function entropyOf(text: string): number {
  const counts = new Map<number, number>()
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

const reference =
  /^[$%@]?[({[<]|\$\{|\{\{|<[a-z]|^\$[A-Za-z_]|^%[A-Za-z_]+%$|\bprocess\.env|\bos\.environ|\bgetenv|\.\.\./i
const filler =
  /x{4,}|\*{3,}|_{8,}|0{8,}|example|sample|placeholder|change-?_?me|your[-_ ]?|dummy|redacted|insert|replace|secret-?here|todo|fixme|undefined|hunter2?xx|lorem|foobar/i

/** Whether a value stands for a secret without being one: a reference, a row of the same character, a made-up example. */
export function isPlaceholder(value: string): boolean {
  if (value !== judged.value) judged = { value, isPlaceholder: isStandIn(value) || isTyped(value) }
  return judged.isPlaceholder
}

/** Whether a value says itself that it is none: a reference, a word such as `example`, a row of `x` or `*`. */
export function isStandIn(value: string): boolean {
  return reference.test(value) || filler.test(value)
}

/** Whether a value is a row of keys that somebody typed: `1234567`, `aaaaaa`. */
export function isTyped(value: string): boolean {
  return longestStep(value) >= 7 || isRepeated(value)
}

/** Whether a character of a value is repeated more often than by chance. */
export function isRepeated(value: string): boolean {
  return mostRepeated(value) >= 6
}

/** The last value that was asked about: each is asked about several times. */
let judged = { value: '', isPlaceholder: false }

/** Longest stretch of characters that follow each other: `1234567`, `abcdefg`. Letters and digits only. */
function longestStep(value: string): number {
  let longest = 1
  let current = 1
  for (let index = 1; index < value.length; index++) {
    const code = value.charCodeAt(index)
    const follows = code === value.charCodeAt(index - 1) + 1
    current = follows ? current + 1 : 1
    if (current > longest) longest = current
  }
  return longest
}

function mostRepeated(value: string): number {
  let longest = 1
  let current = 1
  for (let index = 1; index < value.length; index++) {
    current = value.charCodeAt(index) === value.charCodeAt(index - 1) ? current + 1 : 1
    if (current > longest) longest = current
  }
  return longest
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const hex = /^[0-9a-f]+$/i

export function isUuid(value: string): boolean {
  return uuid.test(value) && !isPlaceholder(value)
}

/** Whether a value in the place of a key could be one: random, and not a word, a number, a UUID or a path. */
export function isLikelyKey(value: string): boolean {
  if (value.length < 16 || isPlaceholder(value) || uuid.test(value)) return false
  if (!/\d/.test(value) && !isRandomCase(value)) return false
  if (!/[a-z]/i.test(value)) return false
  if (/^[\w-]+(?:\.[\w-]+)+\(?/.test(value) && !/\d.*\d.*\d/.test(value)) return false
  if (hex.test(value)) return entropyOf(value) >= 3
  if (isWordy(value)) return false
  return entropyOf(value) >= 3.5
}

const literals =
  /^(?:true|false|null|none|nil|undefined|string|str|text|password|passwd|pass|pwd|secret|required|optional|empty|default|test|admin|root|user|varchar.*|char.*)$/i

/** Whether a value in the place of a password could be one that somebody uses. */
export function isLikelyPassword(value: string): boolean {
  if (value.length < 6 || isPlaceholder(value) || literals.test(value)) return false
  if (value.trim() !== value || / -|\+ |(?: .*){5}|^https?:\/\/|^0x[\da-f]+$/i.test(value)) return false
  const hasDigit = /\d/.test(value)
  const hasLetter = /[a-z]/i.test(value)
  const hasSymbol = /[^A-Za-z0-9_.-]/.test(value)
  if (hasLetter && (hasDigit || hasSymbol)) return true
  return !hasDigit && value.length >= 8 && isRandomCase(value)
}

/** Upper and lower case in an order that is neither a word nor camel case. */
function isRandomCase(value: string): boolean {
  if (!/[a-z]/.test(value) || !/[A-Z]/.test(value)) return false
  const humps = value.match(/[A-Z]+[a-z]*|[a-z]+/g) ?? []
  return value.length / humps.length < 3.5
}

/** Words with separators and few digits: `staging-eu-west-1`, `my_new_token_name`. */
function isWordy(value: string): boolean {
  const words = value.split(/[-_./+=]/)
  const wordLike = words.filter((word) => /^(?:[A-Z]?[a-z]{2,}|[A-Z]{2,}|\d{1,2})$/.test(word) || word === '')
  return words.length > 1 && wordLike.length === words.length
}
