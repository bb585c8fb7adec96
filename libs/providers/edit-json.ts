import { isObject, type Json } from './json.ts'
import { skipSpace, skipString, skipValue } from './raw-json.ts'
import { pointer, type TextEdit, unescapeToken } from './text-part.ts'

export type { TextEdit } from './text-part.ts'

/** What stands in the place of any value. */
export type ValueEdit = { path: string; value: Json }

type Edit = TextEdit | ValueEdit
type Node = { children: Map<string, Node>; edit?: Edit; names?: Map<number, TextEdit> }

/**
 * A JSON text with strings changed. Every byte outside the changes stays: numbers, escapes, spaces and the order of members.
 * @throws where a path leads to no string or number: the edit was made for another text.
 */
export function editJson(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text
  const root: Node = { children: new Map() }
  for (const edit of edits) addTo(root, edit)
  const changes: { start: number; end: number; text: string }[] = []
  const done = new Set<Edit>()

  function visit(at: number, node: Node): number {
    const start = skipSpace(text, at)
    const opening = text[start]
    if (node.edit && 'value' in node.edit) {
      const end = skipValue(text, start)
      changes.push({ start, end, text: JSON.stringify(node.edit.value) })
      done.add(node.edit)
      return end
    }
    if (node.edit) {
      const end = opening === '"' || isNumber.test(opening ?? '') ? skipValue(text, start) : -1
      if (end === -1) throw new Error(`There is no string at ${node.edit.path}`)
      if (opening === '"') changes.push(...changesIn(text, start, end, node.edit))
      else changes.push({ start, end, text: JSON.stringify(node.edit.text) })
      done.add(node.edit)
      return end
    }
    return opening === '{' || opening === '[' ? visitMembers(start, node) : skipValue(text, start)
  }

  function visitMembers(start: number, node: Node): number {
    const isList = text[start] === '['
    const written: { start: number; end: number; name: string }[] = []
    let at = skipSpace(text, start + 1)
    for (let index = 0; text[at] !== ']' && text[at] !== '}'; index++) {
      let token = String(index)
      if (!isList) {
        const end = skipString(text, at)
        token = keyAt(text, at, end)
        if (node.names) written.push({ start: at, end, name: token })
        at = skipSpace(text, end) + 1
      }
      const child = node.children.get(token)
      at = skipSpace(text, child ? visit(at, child) : skipValue(text, skipSpace(text, at)))
      if (text[at] === ',') at = skipSpace(text, at + 1)
    }
    if (node.names) rename(written, node.names)
    return at + 1
  }

  /** Members are counted as an object that was parsed has them: names that are numbers first, and each name once. */
  function rename(
    written: readonly { start: number; end: number; name: string }[],
    names: ReadonlyMap<number, TextEdit>,
  ): void {
    const counted = Object.keys(Object.fromEntries(written.map(({ name }) => [name, 0])))
    const byName = new Map(counted.map((name, index) => [name, names.get(index)]))
    for (const { start, end, name } of written) {
      const edit = byName.get(name)
      if (!edit) continue
      changes.push(...changesIn(text, start, end, edit))
      done.add(edit)
    }
  }

  visit(0, root)
  changes.sort((a, b) => a.start - b.start)
  for (const edit of edits) if (!done.has(edit)) throw new Error(`There is no string at ${edit.path}`)
  let result = ''
  let from = 0
  for (const { start, end, text: instead } of changes) {
    result += text.slice(from, start) + instead
    from = end
  }
  return result + text.slice(from)
}

const isNumber = /[-\d]/
const nameSuffix = /#(\d+)$/

function addTo(root: Node, edit: Edit): void {
  const name = nameSuffix.exec(edit.path)
  const pointer = name ? edit.path.slice(0, name.index) : edit.path
  let node = root
  for (const token of pointer.split('/').slice(1)) {
    const key = unescapeToken(token)
    const child: Node = node.children.get(key) ?? { children: new Map() }
    node.children.set(key, child)
    node = child
  }
  if (!name) node.edit = edit
  else {
    node.names ??= new Map()
    node.names.set(Number(name[1]), edit as TextEdit)
  }
}

/** The one part in which two texts differ. */
export function difference(before: string, after: string): { start: number; end: number; text: string } {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start++
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start--
  let same = 0
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same++
  if (same > 0 && isLowSurrogate(before.charCodeAt(before.length - same))) same--
  return { start, end: before.length - same, text: after.slice(start, after.length - same) }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}

/** A JSON text made to hold another value, of which most is the same object: what is the same keeps its bytes. */
export function patchJson(text: string, before: Json, after: Json): string {
  return before === after ? text : editJson(text, differences(before, after, ''))
}

function differences(before: Json | undefined, after: Json | undefined, path: string): ValueEdit[] {
  if (before === after) return []
  if (isObject(before) && isObject(after)) {
    const keys = Object.keys(before)
    if (keys.length === Object.keys(after).length && keys.every((key) => Object.hasOwn(after, key)))
      return keys.flatMap((key) => differences(before[key], after[key], pointer(path, key)))
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((element, index) => differences(element, after[index], pointer(path, index)))
  return [{ path, value: after ?? null }]
}

export function keyAt(text: string, start: number, end: number): string {
  const key = text.slice(start + 1, end - 1)
  return key.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : key
}

/** Changes of a decoded string, as changes of the JSON text in which it stands from its opening quote on. */
function changesIn(
  text: string,
  start: number,
  end: number,
  { text: whole, changes }: TextEdit,
): { start: number; end: number; text: string }[] {
  const parts = changes ?? [difference(JSON.parse(text.slice(start, end)) as string, whole)]
  let offset = 0
  let at = start + 1
  const placeOf = (target: number): number => {
    while (offset < target && at < end - 1) {
      at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2
      offset++
    }
    if (offset !== target) throw new Error('A change lies outside of its string')
    return at
  }
  return parts.map((change) => {
    const from = placeOf(change.start)
    return { start: from, end: placeOf(change.end), text: JSON.stringify(change.text).slice(1, -1) }
  })
}
