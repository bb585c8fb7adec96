import { hyphen, space } from '../characters.ts'

/** How far context words are looked for. */
export const contextBefore = 48

/** What stands before `start`, in lower case. */
export function textBefore(text: string, start: number): string {
  return text.slice(Math.max(0, start - contextBefore), start).toLowerCase()
}

/** Whether the groups of an account number (`FR50 3544 4572 …`) go on at `start`. */
export function isInsideAccount(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1)
  return (before === space || before === hyphen) && account.test(textBefore(text, start))
}
const account = /(?<![a-z0-9])[a-z]{2}\d\d(?:[ -][a-z0-9]{4}){0,8}[ -]$/
