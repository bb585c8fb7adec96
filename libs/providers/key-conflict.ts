import { isEscaped, type Slices } from '@airs-cp/events'
import { keyAt } from './edit-json.ts'
import { pointer } from './text-part.ts'

export type KeyConflict = { path: string; message: string }

const [quote, comma, colon] = [0x22, 0x2c, 0x3a]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

const sliceCharacters = 128 * 1024

type Level = {
  path: () => string
  keys: string[]
  folded: Map<string, string> | undefined
  isList: boolean
  /** Its members are named by whoever wrote a schema: a map to every reader, whose names are not fields. */
  isNamed: boolean
  index: number
}

/**
 * The first place of a valid JSON text that two parsers may read differently: an object with two members of one name, or of names
 * that are equal but for case or Unicode folding (Go's `encoding/json` takes either for a field; names that a schema lists are none), and a member of the root, of an
 * object in a list of the root, or of `params` where that is a field, that only so equals a field that is read.
 * @param fields read by name.
 * @param names `exact`: only members of the very same name are a conflict.
 */
export function findKeyConflict(
  text: string,
  fields: ReadonlySet<string>,
  names: 'folded' | 'exact' = 'folded',
): KeyConflict | undefined {
  return createKeyScan(text, fields, names)(text.length)
}

/** The same in slices: a step looks at so much of the text, within a string too, that it takes a millisecond or two. */
export function* keyConflictInSlices(
  text: string,
  fields: ReadonlySet<string>,
  names: 'folded' | 'exact' = 'folded',
  characters = sliceCharacters,
): Slices<KeyConflict | undefined> {
  return yield* inSlices(text, createKeyScan(text, fields, names), characters)
}

/** Where a request names its model in two ways, in slices. Nothing else is compared. */
export function* modelConflictInSlices(text: string): Slices<KeyConflict | undefined> {
  const isModel: IsCompared = (depth, name) => depth === 1 && name === 'model'
  return yield* inSlices(text, createKeyScan(text, new Set(['model']), 'folded', isModel))
}

/** The same of a call of JSON-RPC: its method and what it calls. @param fields of a message, and of its `params`. */
export function* callConflictInSlices(
  text: string,
  fields: ReadonlySet<string>,
): Slices<KeyConflict | undefined> {
  const isOfCall: IsCompared = (depth, name) => depth <= 2 && fields.has(name)
  return yield* inSlices(text, createKeyScan(text, fields, 'folded', isOfCall))
}

/** @param depth of the object that has the member: 1 is the root. @param name folded. */
type IsCompared = (depth: number, name: string) => boolean

function* inSlices(
  text: string,
  scan: ReturnType<typeof createKeyScan>,
  characters = sliceCharacters,
): Slices<KeyConflict | undefined> {
  for (let to = characters; to < text.length; to += characters) {
    const conflict = scan(to)
    if (conflict) return conflict
    yield
  }
  return scan(text.length)
}

/**
 * Looks at a text up to some place, and goes on from there when it is called again.
 * @param isCompared whether a member is looked at; without it all are.
 */
function createKeyScan(
  text: string,
  fields: ReadonlySet<string>,
  names: 'folded' | 'exact',
  isCompared?: IsCompared,
): (to: number) => KeyConflict | undefined {
  const fold = names === 'folded' ? foldOf : (key: string) => key
  const levels: Level[] = []
  let level: Level | undefined
  let expectsKey = false
  let from = 0
  /** Where the string begins that is open, and the next quote in it, which may end it; -1 for none. */
  let stringStart = -1
  let nextQuote = -1
  return (to) => {
    let at = from
    for (; at < to; at++) {
      const character = text.charCodeAt(at)
      if (stringStart < 0 && character === quote) {
        stringStart = at
        nextQuote = text.indexOf('"', at + 1)
      }
      if (stringStart >= 0) {
        while (nextQuote < to && isEscaped(text, nextQuote)) nextQuote = text.indexOf('"', nextQuote + 1)
        if (nextQuote >= to) {
          at = to
          break
        }
        if (expectsKey && level) {
          const key = keyAt(text, stringStart, nextQuote + 1)
          const isPassedOver = isCompared?.(levels.length, fold(key)) === false
          const conflict = isPassedOver ? undefined : takeKey(level, key, levels, fields, fold)
          if (conflict) return conflict
          expectsKey = false
        }
        at = nextQuote
        stringStart = -1
      } else if (character === openBrace || character === openBracket) {
        const parent = level
        level = {
          path: () =>
            parent ? pointer(parent.path(), parent.isList ? parent.index : (parent.keys.at(-1) ?? '')) : '',
          keys: [],
          folded: undefined,
          isList: character === openBracket,
          isNamed: parent?.isList === false && namedBySchemas.has(parent.keys.at(-1) ?? ''),
          index: 0,
        }
        levels.push(level)
        expectsKey = !level.isList
      } else if (character === closeBrace || character === closeBracket) {
        levels.pop()
        level = levels.at(-1)
        expectsKey = false
      } else if (character === comma) {
        if (level?.isList) level.index++
        else expectsKey = true
      } else if (character === colon) expectsKey = false
    }
    from = at
    return undefined
  }
}

/** Members of JSON Schema whose own members have names of the author's choice. */
const namedBySchemas = new Set([
  ...['properties', 'patternProperties', '$defs', 'definitions'],
  ...['dependentSchemas', 'dependentRequired', 'dependencies'],
])

const isPlain = /^[a-z0-9_.$-]*$/

function takeKey(
  level: Level,
  key: string,
  levels: readonly Level[],
  fields: ReadonlySet<string>,
  foldField: (key: string) => string,
): KeyConflict | undefined {
  const { keys } = level
  const foldOf = level.isNamed ? (key: string) => key : foldField
  const plain = isPlain.test(key)
  const fold = plain ? key : foldOf(key)
  const isDuplicate = keys.length < 16 && !level.folded ? keys.includes(key) : false
  keys.push(key)
  if (isDuplicate) return duplicate(level, key, key)
  if (!plain && isRead(levels, fields) && fields.has(fold))
    return {
      path: pointer(level.path(), key),
      message: `The member ${JSON.stringify(key)} equals the field "${fold}" but for case; another reader may take it for that field`,
    }
  if (plain && !level.folded && keys.length < 16) return undefined
  if (!level.folded) {
    level.folded = new Map()
    for (const earlier of keys.slice(0, -1)) {
      const known = level.folded.get(foldOf(earlier))
      if (known !== undefined) return duplicate(level, known, earlier)
      level.folded.set(foldOf(earlier), earlier)
    }
  }
  const known = level.folded.get(fold)
  if (known !== undefined) return duplicate(level, known, key)
  level.folded.set(fold, key)
  return undefined
}

/** The root, objects in a list of the root, such as messages, and the parameters of JSON-RPC. */
function isRead(levels: readonly Level[], fields: ReadonlySet<string>): boolean {
  if (levels.length === 2) return fields.has('params') && levels[0]!.keys.at(-1) === 'params'
  return levels.length === 1 || (levels.length === 3 && levels[1]!.isList)
}

function duplicate(level: Level, known: string, key: string): KeyConflict {
  const path = pointer(level.path(), key)
  return {
    path,
    message:
      known === key
        ? `The member ${JSON.stringify(key)} occurs twice in one object; readers take either`
        : `The members ${JSON.stringify(known)} and ${JSON.stringify(key)} of one object are equal but for case; readers may take either`,
  }
}

/** As Go's `strings.EqualFold` has it, and further: the long s folds to s, the Kelvin sign to k. */
function foldOf(key: string): string {
  return isPlain.test(key) ? key : key.normalize('NFKC').toUpperCase().toLowerCase()
}
