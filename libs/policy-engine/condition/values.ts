import { charactersPerStep, type Scope } from './scope.ts'

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

export function equals(a: unknown, b: unknown, scope: Scope): boolean {
  scope.charge(1)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    if (typeof a === 'string' && typeof b === 'string' && a.length === b.length) chargeText(a, scope)
    return a === b
  }
  if (Array.isArray(a))
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((element, index) => equals(element, b[index], scope))
    )
  if (Array.isArray(b)) return false
  const keys = Object.keys(a)
  scope.charge(keys.length)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equals((a as never)[key], (b as never)[key], scope))
  )
}

/** Undefined where they have no order. */
export function compare(a: unknown, b: unknown, scope: Scope): number | undefined {
  if (isNumber(a) && isNumber(b)) return a - b
  if (typeof a !== 'string' || typeof b !== 'string') return undefined
  chargeText(a.length < b.length ? a : b, scope)
  return a < b ? -1 : a > b ? 1 : 0
}

/** Undefined where they are neither two strings nor two lists. */
export function concatenate(a: unknown, b: unknown, scope: Scope): unknown {
  if (typeof a === 'string' && typeof b === 'string') {
    scope.charge((a.length + b.length) / charactersPerStep)
    return a + b
  }
  if (!Array.isArray(a) || !Array.isArray(b)) return undefined
  scope.charge(a.length + b.length)
  return [...a, ...b]
}

export function chargeText(text: string, scope: Scope): void {
  scope.charge(text.length / charactersPerStep)
}
