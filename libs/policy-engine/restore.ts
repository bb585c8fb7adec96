import { type Change, changed, type JsonPlace, jsonStart, readJsonOn, writtenIn } from './json-text.ts'

/** Finds the placeholders of one text, which may arrive in pieces. */
export type PlaceholderFinder = {
  /**
   * @param asJson the text is JSON, and what is put back stands within a string of it.
   * @returns up to where no placeholder can begin that is not known yet, and the changes before it that are new.
   */
  push(piece: string, asJson: boolean): { to: number; changes: Change[] }
}

/**
 * What must be changed in a text to put back what placeholders stand for. However the text is cut, the changes are the same;
 * nothing has to wait but the beginning of what may be a placeholder.
 * @param restorations by placeholder, which begins with `[` and ends with `]`.
 */
export function createPlaceholderFinder(restorations: ReadonlyMap<string, string>): PlaceholderFinder {
  const { names, longest, isEscaped } = traitsOf(restorations)
  let open = ''
  let base = 0
  /** Of JSON: where `open` begins, as far as values have to be escaped. */
  let place: JsonPlace = jsonStart

  return {
    push(piece, asJson) {
      const text = open + piece
      const changes: Change[] = []
      let readTo = 0
      const readOn = (to: number) => {
        if (asJson && isEscaped) place = readJsonOn(text, readTo, to, place)
        readTo = to
      }
      let at = text.indexOf('[')
      let close = -2
      while (at >= 0) {
        if (close !== -1 && close < at) close = text.indexOf(']', at)
        const end = close < 0 ? text.length : close + 1
        const name = end - at <= longest ? text.slice(at, end) : ''
        if (close < 0 && name !== '' && names.some((known) => known.startsWith(name))) break
        const value = close < 0 ? undefined : restorations.get(name)
        if (value !== undefined) {
          readOn(at)
          const written = asJson && isEscaped ? writtenIn(place, value) : value
          changes.push({ start: base + at, end: base + end, text: written })
        }
        at = text.indexOf('[', value === undefined ? at + 1 : end)
      }
      const to = at < 0 ? text.length : at
      readOn(to)
      open = text.slice(to)
      base += to
      return { to: base, changes }
    },
  }
}

type Traits = { names: readonly string[]; longest: number; isEscaped: boolean }

const traitsByMap = new WeakMap<ReadonlyMap<string, string>, Traits>()

/** Found once for all texts of an exchange: there may be thousands of either. */
function traitsOf(restorations: ReadonlyMap<string, string>): Traits {
  let traits = traitsByMap.get(restorations)
  if (!traits) {
    const names = [...restorations.keys()]
    const longest = names.reduce((most, name) => Math.max(most, name.length), 0)
    const isEscaped = [...restorations.values()].some((value) => JSON.stringify(value) !== `"${value}"`)
    traits = { names, longest, isEscaped }
    traitsByMap.set(restorations, traits)
  }
  return traits
}

/** The changes that a whole text needs. */
export function restorationsIn(
  text: string,
  restorations: ReadonlyMap<string, string>,
  asJson: boolean,
): Change[] {
  return restorations.size === 0 ? [] : createPlaceholderFinder(restorations).push(text, asJson).changes
}

/** A whole text with what placeholders stand for put back. */
export function restoreText(
  text: string,
  restorations: ReadonlyMap<string, string>,
  asJson: boolean,
): string {
  return changed(text, restorationsIn(text, restorations, asJson))
}
